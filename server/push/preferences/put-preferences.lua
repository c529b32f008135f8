#!lua
-- Stores how one member wants to be told. Not a commit: an entry would tell everybody where they live and when they
-- sleep. That something changed, and whose it is, is counted, so that a worker reads again only that.
--
-- KEYS  1 preferences hash · 2 members hash · 3 changes zset · 4 counts hash · 5 due digests zset · 6 timers zset
-- ARGV  1 member id · 2 the member's version · 3 the version that was decided on, 0 = must not be there
--       4 entity as '<version>|<json>' · 5 when their digest is due from now on, where one waits · 6 its timer
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
redis.call('ZADD', KEYS[3], redis.call('HINCRBY', KEYS[4], 'changes', 1), ARGV[1])
if redis.call('ZSCORE', KEYS[5], ARGV[1]) then
  redis.call('ZADD', KEYS[5], ARGV[5], ARGV[1])
  redis.call('ZADD', KEYS[6], 'LT', ARGV[5], ARGV[6])
end
return 'stored'
