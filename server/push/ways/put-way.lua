#!lua
-- Stores the next version of a person's way of telling, unless it changed meanwhile.
--
-- KEYS  1 ways hash
-- ARGV  1 way id · 2 version before, 0 = it is new · 3 way · 4 how many a person may have · 5 life in seconds
-- Returns 'stored', 'moved' or 'full'
local before = redis.call('HGET', KEYS[1], ARGV[1])
local version = before and string.match(before, '^(%d+)|') or '0'
if version ~= ARGV[2] then
  return 'moved'
end
if not before and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
  return 'full'
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 'stored'
