#!lua
-- Stores what concerns one member alone, with its timer. Not a commit: an entry would tell everybody who walks home
-- alone until when, or who has codes.
--
-- KEYS  1 hash · 2 members hash · 3 timers zset
-- ARGV  1 member id · 2 the member's version · 3 the version that was decided on, 0 = must not be there
--       4 entity as '<version>|<json>' · 5 its timer, '' = it has none · 6 when that is due, '' = not any more
-- Returns 'moved' when the membership or the entity changed meanwhile, 'stored'
local member = redis.call('HGET', KEYS[2], ARGV[1])
if not member or string.match(member, '^(%d+)|') ~= ARGV[2] then
  return 'moved'
end
local before = redis.call('HGET', KEYS[1], ARGV[1])
local version = before and string.match(before, '^(%d+)|') or '0'
if version ~= ARGV[3] then
  return 'moved'
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
if ARGV[5] ~= '' then
  if ARGV[6] == '' then
    redis.call('ZREM', KEYS[3], ARGV[5])
  else
    redis.call('ZADD', KEYS[3], ARGV[6], ARGV[5])
  end
end
return 'stored'
