#!lua
-- The one atomic write of the product: receipt, version guards, writes, log entry, outbox pointer, nudge.
--
-- KEYS  1 log stream · 2 meta hash (its field `epoch` names the log's life) · 3 receipt · 4 outbox stream
--       5 the neighbourhood's channel · 6 the outbox's channel · 7… the keys that guards and writes name by number
-- ARGV  1 fingerprint of the command, '' = no receipt wanted
--       2 body to answer with · 3 receipt's life in seconds
--       4 entry JSON without its seq (starts with '{') · 5 outbox pointer: neighbourhood id · 6 outbox pointer: type
--       7 epoch to begin the log with, '' = the log must exist
--       8 number of guards, each: key number, field, expected version (0 = must not be there)
--       then number of writes, each: argument count, command, key number, further arguments
--
-- Entities are hash fields `<version>|<json>`.
-- Returns {'replay', fingerprint, seq, body}  this idempotency key was used: nothing is written
--         {'moved', guard number}             a guard's version differs: nothing is written
--         {'committed', seq, epoch}           all of it is written
if ARGV[1] ~= '' then
  local receipt = redis.call('HMGET', KEYS[3], 'fingerprint', 'seq', 'body')
  if receipt[1] then
    return { 'replay', receipt[1], tonumber(receipt[2]), receipt[3] }
  end
end

local at = 8
local guards = tonumber(ARGV[at])
at = at + 1
for i = 1, guards do
  local entity = redis.call('HGET', KEYS[tonumber(ARGV[at])], ARGV[at + 1])
  local version = entity and string.match(entity, '^(%d+)|') or '0'
  if version ~= ARGV[at + 2] then
    return { 'moved', i }
  end
  at = at + 3
end

local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch then
  if ARGV[7] == '' then
    return redis.error_reply('NOLOG the neighbourhood has no log')
  end
  epoch = ARGV[7]
  redis.call('HSET', KEYS[2], 'epoch', epoch)
end

local writes = tonumber(ARGV[at])
at = at + 1
for _ = 1, writes do
  local count = tonumber(ARGV[at])
  local call = { ARGV[at + 1], KEYS[tonumber(ARGV[at + 2])] }
  for j = 3, count do
    call[j] = ARGV[at + j]
  end
  redis.call(unpack(call))
  at = at + count + 1
end

-- 0-* keeps seq contiguous and independent of clocks (Redis 7.0).
local id = redis.call('XADD', KEYS[1], '0-*', 'e', ARGV[4])
local seq = string.sub(id, 3)
redis.call('XADD', KEYS[4], '*', 'n', ARGV[5], 's', seq, 't', ARGV[6])
if ARGV[1] ~= '' then
  redis.call('HSET', KEYS[3], 'fingerprint', ARGV[1], 'seq', seq, 'body', ARGV[2])
  redis.call('EXPIRE', KEYS[3], tonumber(ARGV[3]))
end
-- Only nudges: whoever misses them sees the gap in seq and reads the stream.
redis.call('SPUBLISH', KEYS[5], epoch .. '.' .. seq .. ' ' .. ARGV[4])
redis.call('SPUBLISH', KEYS[6], '')
return { 'committed', tonumber(seq), epoch }
