#!lua
-- Counts how far an incident's alert and its correction got, keeps the figures and tells them to all processes.
-- Only devices that were told of the alert count: a figure is never larger than the one it is a part of.
--
-- KEYS  1 reach hash · 2 the neighbourhood's channel
--       3 told of the alert · 4 got it · 5 saw it · 6 told of the correction · 7 got it · 8 saw it (sets of devices)
-- ARGV  1 incident id · 2 life of the figures in seconds · 3 maps and 4 phones that were counted since the last time
--       5… names of the fields, those of maps and phones first
-- Returns the message that was told
local told = KEYS[3]
local counts = {
  redis.call('SCARD', told),
  redis.call('SINTERCARD', 2, told, KEYS[4]),
  redis.call('SINTERCARD', 2, told, KEYS[5]),
  redis.call('SINTERCARD', 2, told, KEYS[6]),
  redis.call('SINTERCARD', 3, told, KEYS[6], KEYS[7]),
  redis.call('SINTERCARD', 3, told, KEYS[6], KEYS[8]),
}
redis.call('HINCRBY', KEYS[1], ARGV[5], ARGV[3])
redis.call('HINCRBY', KEYS[1], ARGV[6], ARGV[4])
for i, count in ipairs(counts) do
  redis.call('HSET', KEYS[1], ARGV[6 + i], count)
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
local message = 'reach ' .. ARGV[1]
for i = 5, #ARGV do
  message = message .. ' ' .. (redis.call('HGET', KEYS[1], ARGV[i]) or '0')
end
redis.call('SPUBLISH', KEYS[2], message)
return message
