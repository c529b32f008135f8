#!lua
-- Takes due pushes for one worker: each is put off by the lease, so that a worker that dies gives them back. Of each
-- host it takes no more than there is room for. What else is due of a host that rests is put off until it may be
-- tried again; of one that is merely full it stays where it is. Neither hides anybody else's.
--
-- KEYS  1 due pushes (zset: '<neighbourhood> <seq> <device> <host> <attempt>' → when due, epoch milliseconds)
-- ARGV  1 now · 2 lease in milliseconds · 3 how many at most · 4 no push is put off beyond this many milliseconds
--       5 room of a host that is not named · 6 where an earlier look got to, '' = nowhere
--       7 how many hosts were left behind there, then these; they are looked at from the beginning as long as one of
--       them has room · then triples: host · its room · what it rests for in milliseconds, '' = it does not rest
-- Returns {1 if there is more to take or to look at, at once, else 0; where it got to; hosts left behind; what was
-- taken, oldest first}
local now = tonumber(ARGV[1])
local most = tonumber(ARGV[3])
local rooms, rests, behind = {}, {}, {}
local known = tonumber(ARGV[7])
for i = 8 + known, #ARGV, 3 do
  rooms[ARGV[i]] = tonumber(ARGV[i + 1])
  rests[ARGV[i]] = tonumber(ARGV[i + 2])
end
local function roomOf(host)
  rooms[host] = rooms[host] or tonumber(ARGV[5])
  return rooms[host]
end
-- Of those that an earlier look left behind, how many have room by now.
local awaited = {}
local awaiting = 0
if ARGV[6] ~= '' then
  for i = 8, 7 + known do
    behind[ARGV[i]] = true
    if roomOf(ARGV[i]) > 0 and not awaited[ARGV[i]] then
      awaited[ARGV[i]] = true
      awaiting = awaiting + 1
    end
  end
end

local taken, off = {}, {}
local more = 0
local place = '-inf'

-- Looks from a time on. Whoever raises an alert waits for as long as one look takes, so it passes `limit` at most; with
-- `goesOn`, where the next look begins at the place that this one got to, more if it would not get on in time otherwise.
-- With `short` only until none of the awaited hosts has room.
-- Returns 'end' · 'limit', where it passed as many as it may · 'enough', where nothing more was to be taken
local function look(from, upTo, limit, short, goesOn)
  local offset = 0
  local begun
  repeat
    local page = redis.call('ZRANGE', KEYS[1], from, upTo, 'BYSCORE', 'LIMIT', offset, 125, 'WITHSCORES')
    for i = 1, #page, 2 do
      if short and awaiting == 0 then
        return 'enough'
      end
      if #taken >= most then
        more = 1
        return 'enough'
      end
      local what = page[i]
      place = page[i + 1]
      begun = begun or place
      local host = string.match(what, '^%S+ %S+ %S+ (%S+) ')
      if roomOf(host) > 0 then
        taken[#taken + 1] = what
        rooms[host] = rooms[host] - 1
        if rooms[host] == 0 and awaited[host] then
          awaiting = awaiting - 1
        end
      elseif rests[host] then
        off[#off + 1] = what
      else
        behind[host] = true
      end
    end
    offset = offset + #page / 2
    if #page < 250 then
      return 'end'
    end
  until offset >= limit and (not goesOn or place ~= begun)
  return 'limit'
end

local got = 'end'
if awaiting > 0 then
  got = look('-inf', '(' .. ARGV[6], 1000, true, false)
  if got ~= 'enough' then
    -- Of those that still have room nothing is left as far as it got.
    for host in pairs(awaited) do
      if rooms[host] > 0 then
        behind[host] = nil
      end
    end
  end
end
-- Where it got to its limit there, the next look goes on from that place.
if got ~= 'limit' then
  local from = ARGV[6] == '' and '-inf' or ARGV[6]
  place = from
  got = look(from, ARGV[1], 250, false, true)
end
if got == 'limit' then
  more = 1
end
-- Whatever lies beyond the longest wait was written before the clock was set back.
local reached = place
look(string.format('(%.0f', now + tonumber(ARGV[4])), '+inf', 1000, false, false)

local later = {}
local function putOff(what, ms)
  later[#later + 1] = string.format('%.0f', now + ms)
  later[#later + 1] = what
end
for _, what in ipairs(taken) do
  putOff(what, tonumber(ARGV[2]))
end
-- A hundred at a time: a look goes on from a time, and must get past all that is due at once.
for i, what in ipairs(off) do
  putOff(what, rests[string.match(what, '^%S+ %S+ %S+ (%S+) ')] + math.floor(i / 100))
end
for from = 1, #later, 1000 do
  redis.call('ZADD', KEYS[1], unpack(later, from, math.min(from + 999, #later)))
end
local left = {}
for host in pairs(behind) do
  left[#left + 1] = host
end
return { more, reached, left, taken }
