#!lua
-- Answers a repeated command otherwise from now on, without giving its receipt a longer life or a second one.
--
-- KEYS  1 receipt
-- ARGV  1 the body as it was read · 2 the body that takes its place
-- Returns 1 when it was replaced, 0 when it was another one by then, or gone
if redis.call('HGET', KEYS[1], 'body') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'body', ARGV[2])
return 1
