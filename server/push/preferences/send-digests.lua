#!lua
-- Turns what waits for some members into one round of digests: what each is told of, a pointer in the outbox that makes
-- their pushes due, and nothing of it waits any more. All in one step: a worker that dies has done it, or nothing of it.
--
-- KEYS  1 due digests zset · 2 counts hash · 3 outbox · 4 the outbox's channel · 5 this round's hash
--       6… two a member: what waits · their last digest
-- ARGV  1 neighbourhood id · 2 type of the pointer · 3 life of a last digest in seconds
--       4 number of this round · then for each member: id · when it was due · when it is due again, should something
--       wait · their digest as JSON, '' = nothing is told · of how many · how many ids are done with · those ids
-- Returns how many are told; -1 where another did this round
if redis.call('HINCRBY', KEYS[2], 'digests', 0) ~= tonumber(ARGV[4]) - 1 then
  return -1
end
redis.call('HSET', KEYS[2], 'digests', ARGV[4])
local at = 5
local number = 0
local told = 0
while at <= #ARGV do
  local member, due, again, last, count, ids = unpack(ARGV, at, at + 5)
  local waiting, digest = KEYS[6 + number * 2], KEYS[7 + number * 2]
  if redis.call('ZSCORE', KEYS[1], member) == due then
    for i = at + 6, at + 5 + tonumber(ids) do
      redis.call('ZREM', waiting, ARGV[i])
    end
    -- What was held back while this was decided waits for the next.
    if redis.call('EXISTS', waiting) == 1 then
      redis.call('ZADD', KEYS[1], again, member)
    else
      redis.call('ZREM', KEYS[1], member)
    end
    if last ~= '' then
      told = told + 1
      redis.call('SET', digest, last, 'EX', ARGV[3])
      redis.call('HSET', KEYS[5], member, count)
    end
  end
  at = at + 6 + tonumber(ids)
  number = number + 1
end
if told > 0 then
  redis.call('EXPIRE', KEYS[5], 24 * 3600)
  -- No log entry stands behind it, which would tell everybody who sleeps when: its number is below zero.
  redis.call('XADD', KEYS[3], '*', 'n', ARGV[1], 's', '-' .. ARGV[4], 't', ARGV[2])
  redis.call('SPUBLISH', KEYS[4], '')
end
return told
