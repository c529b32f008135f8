#!lua
-- Makes an endpoint somebody's for a time, or gives it up, unless it is another's. The owner may make it last longer.
--
-- KEYS  1 the endpoint's owner
-- ARGV  1 owner that the caller expects, '' = nobody · 2 new owner, '' = nobody · 3 seconds that it lasts
-- Returns the owner afterwards, '' = nobody
local owner = redis.call('GET', KEYS[1]) or ''
if owner ~= ARGV[1] and owner ~= ARGV[2] then
  return owner
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return ARGV[2]
