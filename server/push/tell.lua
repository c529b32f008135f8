#!lua
-- Notes which devices an incident's alert reached: those whose push service accepted it, and of those that are given
-- up the ones to which an attempt may have got through. Where the correction has begun to go out, theirs is due.
--
-- KEYS  1 devices told by push (zset: device → its number, from 1) · 2 devices tried ('<device>' an attempt is under
--       way, '<device>?' one ended nobody knows how) · 3 the correction's mark
--       4 due pushes · 5 set of devices told by whatever way
-- ARGV  1 now · 2 life of what is kept, in seconds
--       3 'accepted' · 'given-up', after an attempt of a worker that died counts as well · 'refused', this attempt
--       brought nothing, and none follows · 4… pairs: device, host
-- Returns how many were told that had not been before
local told = 0
local mark = redis.call('GET', KEYS[3])
for i = 4, #ARGV, 2 do
  local cut = redis.call('SREM', KEYS[2], ARGV[i]) == 1 and ARGV[3] == 'given-up'
  local doubtful = redis.call('SREM', KEYS[2], ARGV[i] .. '?') == 1
  if (cut or doubtful or ARGV[3] == 'accepted') and not redis.call('ZSCORE', KEYS[1], ARGV[i]) then
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
