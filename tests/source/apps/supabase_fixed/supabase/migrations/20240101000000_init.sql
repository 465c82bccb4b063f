create table public.profiles (
  id uuid primary key references auth.users,
  user_id uuid not null,
  email text
);

create table public.messages (
  id uuid primary key default gen_random_uuid(),
  sender_id uuid not null references auth.users,
  body text not null -- what is said; to one person
);

create table public.participants (message_id uuid references messages, user_id uuid references auth.users);

alter table public.profiles enable row level security;
alter table public.messages enable row level security;
alter table public.participants enable row level security;

create policy "Own profile" on public.profiles for all to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "Own rows" on public.participants for select to authenticated using ((select auth.uid()) = user_id);
create policy "Participants read" on public.messages for select to authenticated using (
  exists (
    select 1 from participants
    where participants.message_id = messages.id and participants.user_id = (select auth.uid())
  )
);
create policy "Senders delete" on public.messages for delete to authenticated using ((select auth.uid()) = sender_id);
