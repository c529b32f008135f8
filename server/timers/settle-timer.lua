#!lua
-- Ends or puts off a timer that its worker has dealt with, unless somebody set it anew meanwhile.
--
-- KEYS  1 timers zset
-- ARGV  1 what · 2 the due time that the claim gave it · 3 when it is due again, '' when it is done with
-- Returns 1 when it was settled, 0 when it had been set anew
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not due or tonumber(due) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then redis.call('ZREM', KEYS[1], ARGV[1])
else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
return 1
