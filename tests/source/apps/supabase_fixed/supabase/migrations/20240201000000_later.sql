create function promote(member uuid) returns void language plpgsql security definer as $$
begin
  update profiles set email = null where id = member;
end;
$$;

revoke execute on function promote(uuid) from public, anon, authenticated;
