#!lua
-- Signs a device out: gone, not to come back, and told to every process, in one step.
--
-- KEYS  1 devices hash · 2 tombstone of this device · 3 revocations stream
-- ARGV  1 device id · 2 person id · 3 life of the tombstone in seconds · 4 oldest revocation to keep, epoch milliseconds
-- Returns 1, or 0 where there is no such device
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
  return 0
end
-- Whoever holds the key of the command that signed this device in could repeat it.
redis.call('SET', KEYS[2], '1', 'EX', ARGV[3])
redis.call('XADD', KEYS[3], 'MINID', '~', ARGV[4], '*', 'person', ARGV[2], 'device', ARGV[1])
return 1
