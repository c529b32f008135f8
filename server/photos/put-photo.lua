#!lua
-- Records an uploaded photo with the receipt of its command. Not a commit: an upload is no neighbour's business, and an
-- entry would tell who is about to raise an alert.
--
-- KEYS  1 receipt · 2 members hash · 3 photos hash · 4 timers zset
-- ARGV  1 fingerprint of the command · 2 body to answer with · 3 receipt's life in seconds
--       4 member id · 5 the member's version · 6 photo id · 7 photo as '<version>|<json>'
--       8 its timer · 9 when that is due
-- Returns 'replay' the command was done before · 'moved' the membership changed · 'stored'
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 'replay'
end
local member = redis.call('HGET', KEYS[2], ARGV[4])
if not member or string.match(member, '^(%d+)|') ~= ARGV[5] then
  return 'moved'
end
redis.call('HSET', KEYS[3], ARGV[6], ARGV[7])
redis.call('ZADD', KEYS[4], ARGV[9], ARGV[8])
-- As a commit's receipt; the log knows nothing of it.
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'seq', 0, 'body', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 'stored'
