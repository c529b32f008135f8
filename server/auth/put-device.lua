#!lua
-- Stores a device of a person, unless that would bring back one that was signed out.
--
-- KEYS  1 devices hash · 2 tombstone of this device
-- ARGV  1 device id · 2 device · 3 'new' for a device that signs in, 'seen' for one that is signed in
-- Returns 1 when it is stored, 0 when the device was signed out
if ARGV[3] == 'new' then
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return 0
  end
elseif redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
