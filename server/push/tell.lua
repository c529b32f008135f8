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
local devices, doubts, hosts = {}, {}, {}
for i = 4, #ARGV, 2 do
  devices[#devices + 1] = ARGV[i]
  doubts[#doubts + 1] = ARGV[i] .. '?'
  hosts[#hosts + 1] = ARGV[i + 1]
end
-- Of all at once: a call for each would hold up, six times a device, whoever raises an alert.
local cut = redis.call('SMISMEMBER', KEYS[2], unpack(devices))
local doubtful = redis.call('SMISMEMBER', KEYS[2], unpack(doubts))
local numbers = redis.call('ZMSCORE', KEYS[1], unpack(devices))
redis.call('SREM', KEYS[2], unpack(devices))
redis.call('SREM', KEYS[2], unpack(doubts))

local before = redis.call('ZCARD', KEYS[1])
local mark = redis.call('GET', KEYS[3])
local told, numbered, due, known = {}, {}, {}, {}
for i, device in ipairs(devices) do
  local got = ARGV[3] == 'accepted' or doubtful[i] == 1 or (ARGV[3] == 'given-up' and cut[i] == 1)
  if got and not numbers[i] and not known[device] then
    known[device] = true
    told[#told + 1] = device
    numbered[#numbered + 1] = before + #told
    numbered[#numbered + 1] = device
    if mark then
      due[#due + 1] = ARGV[1]
      due[#due + 1] = mark .. device .. ' ' .. hosts[i] .. ' 0'
    end
  end
end
if #told > 0 then
  redis.call('ZADD', KEYS[1], unpack(numbered))
  redis.call('SADD', KEYS[5], unpack(told))
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  redis.call('EXPIRE', KEYS[5], ARGV[2])
end
if #due > 0 then
  redis.call('ZADD', KEYS[4], unpack(due))
end
return #told
