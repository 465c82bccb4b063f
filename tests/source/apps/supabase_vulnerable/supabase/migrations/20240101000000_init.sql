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

alter table public.profiles enable row level security;
alter table public.messages enable row level security;

create policy "Members read messages" on public.messages
  for select to authenticated using (auth.role() = 'authenticated');
create policy "Senders delete messages" on public.messages
  for delete using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin' or auth.uid() = sender_id);
