#!lua
-- Says how long the oldest pointer waits that is not, or not wholly, made into due pushes; by Redis's own clock, which
-- numbered it.
--
-- KEYS  1 outbox
-- ARGV  1 consumer group
-- Returns milliseconds; 0 while none waits
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local from = '-'
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local info = {}
  for i = 1, #group, 2 do
    info[group[i]] = group[i + 1]
  end
  if info.name == ARGV[1] then
    -- What was read and not acknowledged lies before what nobody read.
    from = info.pending > 0 and redis.call('XPENDING', KEYS[1], ARGV[1])[2] or '(' .. info['last-delivered-id']
  end
end
local oldest = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 1)[1]
if not oldest then
  return 0
end
local now = redis.call('TIME')
return math.max(0, math.floor(now[1] * 1000 + now[2] / 1000) - tonumber(string.match(oldest[1], '^%d+')))
