#!lua
-- Notes how an attempt at a way went, and keeps the way for as long as it is used. Notes nothing of one that is gone.
--
-- KEYS  1 ways hash · 2 its runs, newest first · 3 the person's subscriptions
-- ARGV  1 way id · 2 run · 3 how many are kept · 4 their life in seconds · 5 life of the ways in seconds
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return 0
end
redis.call('LPUSH', KEYS[2], ARGV[2])
redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[3]) - 1)
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('EXPIRE', KEYS[3], ARGV[5])
return 1
