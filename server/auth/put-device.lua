#!lua
-- Stores a device of a person, unless that would bring back one that was signed out. All of a person's keys end some
-- time after their last device was seen.
--
-- KEYS  1 devices hash · 2 tombstone of this device · 3… the person's other keys
-- ARGV  1 device id · 2 device · 3 'new' for one that signs in, 'seen' for one that is signed in
--       4 how many devices a person may have · 5 life of the keys in seconds
-- Returns {'stored'}, {'known', device} for a new one that is there already, {'ended'} for one that was signed out,
--         {'full'} for one too many
local before = redis.call('HGET', KEYS[1], ARGV[1])
if ARGV[3] == 'new' then
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return { 'ended' }
  end
  if before then
    return { 'known', before }
  end
  if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
    return { 'full' }
  end
elseif not before then
  return { 'ended' }
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[5])
for i = 3, #KEYS do
  redis.call('EXPIRE', KEYS[i], ARGV[5])
end
return { 'stored' }
