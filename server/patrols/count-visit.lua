#!lua
-- Counts a checkpoint that a round reached. Not a commit: an entry would tell everybody where its walkers are, and when.
--
-- KEYS  1 members hash · 2 patrols hash · 3 the patrol's visits hash
-- ARGV  1 member id · 2 the member's version · 3 patrol id · 4 the patrol's version
--       5 checkpoint id · 6 the visit as '1|<json>' · 7 how many were reached before
-- Returns 'moved' when the membership, the round or what it reached changed meanwhile, 'counted'
local function versionOf(key, field)
  local stored = redis.call('HGET', key, field)
  return stored and string.match(stored, '^(%d+)|') or '0'
end
if versionOf(KEYS[1], ARGV[1]) ~= ARGV[2] or versionOf(KEYS[2], ARGV[3]) ~= ARGV[4] then
  return 'moved'
end
if versionOf(KEYS[3], 'count') ~= ARGV[7] or redis.call('HEXISTS', KEYS[3], ARGV[5]) == 1 then
  return 'moved'
end
local count = string.format('%.0f', tonumber(ARGV[7]) + 1)
redis.call('HSET', KEYS[3], ARGV[5], ARGV[6], 'count', count .. '|{"version":' .. count .. '}')
return 'counted'
