#!lua
-- Notes which devices an incident's alert reached: those whose push service accepted it, and of those that are given
-- up the ones to which an attempt may have got through. Where the correction has begun to go out, theirs is due.
--
-- KEYS  1 devices told by push (zset: device → its number, from 1) · 2 devices tried · 3 the correction's mark
--       4 due pushes · 5 set of devices told by whatever way
-- ARGV  1 now · 2 life of what is kept, in seconds · 3 'accepted' or 'given-up' · 4… pairs: device, host
-- Returns how many were told that had not been before
local told = 0
local mark = redis.call('GET', KEYS[3])
for i = 4, #ARGV, 2 do
  local tried = redis.call('SREM', KEYS[2], ARGV[i])
  if (tried == 1 or ARGV[3] == 'accepted') and not redis.call('ZSCORE', KEYS[1], ARGV[i]) then
    told = told + 1
    redis.call('ZADD', KEYS[1], redis.call('ZCARD', KEYS[1]) + 1, ARGV[i])
    redis.call('SADD', KEYS[5], ARGV[i])
    if mark then
      redis.call('ZADD', KEYS[4], ARGV[1], mark .. ARGV[i] .. ' ' .. ARGV[i + 1] .. ' 0')
    end
  end
end
if told > 0 then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  redis.call('EXPIRE', KEYS[5], ARGV[2])
end
return told
