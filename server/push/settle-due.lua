#!lua
-- Writes what became of pushes: each is ended, or put off under another name, and in the same step it is noted which
-- devices an alert or its correction reached. However a worker dies, both are written or neither, and the push is sent
-- or given up once more. Everything is done for many at once: a call for each would hold up whoever raises an alert.
--
-- KEYS  1 due pushes (zset) · then five for each note:
--       devices told by push (zset: device → its number, from 1) · devices tried (set: '<device>' an attempt is under
--       way, '<device>?' one ended nobody knows how) · the correction's mark · set of devices told by whatever way · the
--       same of the correction
-- ARGV  1 now · 2 life of what is noted, in seconds · 3 how many pushes, then these in triples: what · when due again ·
--       its name then, '' = it is done with · then notes, each: what it says · of how many devices · pairs: device, host
--         accepted    the push service took the alert
--         unknown     the attempt ended nobody knows how; what a later one brings says nothing of it
--         refused     nothing arrived by this attempt, and another follows
--         last        nothing arrived by this attempt, and none follows; one before may have got through
--         given-up    nobody attempts it any more; a worker that died doing so may have got through as well
--         corrected   the push service took the correction
-- Returns for each push 1, or 0 if it was settled before
local now, life = ARGV[1], ARGV[2]

-- Those that the alert reached, or may have. Where the correction has begun to go out, theirs is due.
local function tell(says, devices, hosts, keys)
  local toldKey, triedKey, markKey, reachedKey = unpack(keys)
  local doubts = {}
  for i, device in ipairs(devices) do
    doubts[i] = device .. '?'
  end
  local cut = redis.call('SMISMEMBER', triedKey, unpack(devices))
  local doubtful = redis.call('SMISMEMBER', triedKey, unpack(doubts))
  local numbers = redis.call('ZMSCORE', toldKey, unpack(devices))
  redis.call('SREM', triedKey, unpack(devices))
  redis.call('SREM', triedKey, unpack(doubts))
  local before = redis.call('ZCARD', toldKey)
  local mark = redis.call('GET', markKey)
  local told, numbered, due, known = {}, {}, {}, {}
  for i, device in ipairs(devices) do
    local got = says == 'accepted' or doubtful[i] == 1 or (says == 'given-up' and cut[i] == 1)
    if got and not numbers[i] and not known[device] then
      known[device] = true
      told[#told + 1] = device
      numbered[#numbered + 1] = before + #told
      numbered[#numbered + 1] = device
      if mark then
        due[#due + 1] = now
        due[#due + 1] = mark .. device .. ' ' .. hosts[i] .. ' 0'
      end
    end
  end
  if #told > 0 then
    redis.call('ZADD', toldKey, unpack(numbered))
    redis.call('SADD', reachedKey, unpack(told))
    redis.call('EXPIRE', toldKey, life)
    redis.call('EXPIRE', reachedKey, life)
  end
  if #due > 0 then
    redis.call('ZADD', KEYS[1], unpack(due))
  end
end

local function note(says, devices, hosts, keys)
  if says == 'refused' then
    redis.call('SREM', keys[2], unpack(devices))
  elseif says == 'unknown' then
    for i, device in ipairs(devices) do
      devices[i] = device .. '?'
    end
    redis.call('SADD', keys[2], unpack(devices))
  elseif says == 'corrected' then
    redis.call('SADD', keys[5], unpack(devices))
    redis.call('EXPIRE', keys[5], life)
  else
    tell(says, devices, hosts, keys)
  end
end

local count = tonumber(ARGV[3])
local names, settled, again = {}, {}, {}
for i = 1, count do
  names[i] = ARGV[1 + 3 * i]
end
if count > 0 then
  local scores = redis.call('ZMSCORE', KEYS[1], unpack(names))
  redis.call('ZREM', KEYS[1], unpack(names))
  -- One after the other: a push may come twice, and the first that settles it decides.
  local due, later = {}, {}
  for i = 1, count do
    due[names[i]] = scores[i]
  end
  for i = 1, count do
    local at, name = ARGV[2 + 3 * i], ARGV[3 + 3 * i]
    settled[i] = due[names[i]] and 1 or 0
    if due[names[i]] then
      due[names[i]], later[names[i]] = nil, nil
      if name ~= '' then
        due[name], later[name] = at, at
      end
    end
  end
  for name, at in pairs(later) do
    again[#again + 1] = at
    again[#again + 1] = name
  end
end
if #again > 0 then
  redis.call('ZADD', KEYS[1], unpack(again))
end

local arg, key = 4 + 3 * count, 2
while arg <= #ARGV do
  local devices, hosts = {}, {}
  local upTo = arg + 1 + 2 * tonumber(ARGV[arg + 1])
  for i = arg + 2, upTo, 2 do
    devices[#devices + 1] = ARGV[i]
    hosts[#hosts + 1] = ARGV[i + 1]
  end
  note(ARGV[arg], devices, hosts, { unpack(KEYS, key, key + 4) })
  arg, key = upTo + 1, key + 5
end
return settled
