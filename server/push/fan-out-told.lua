#!lua
-- As fan-out.lua, for exactly the devices that were told of the incident before and are still subscribed.
--
-- Those told until the first page are taken page by page; a push that was under way then and is accepted later finds
-- the mark, and its device's correction is made due in the same step (settle-due.lua): none is left out, none told twice.
--
-- KEYS  1 devices told (zset: device → its number, from 1) · 2 due pushes · 3 this alert's progress · 4 outbox
--       5 mark · 6 subscriptions hash · 7 devices tried (set), see settle-due.lua
-- ARGV  1 consumer group · 2 pointer's id in the outbox · 3 prefix of the due members · 4 now
--       5 devices a page · 6 life of the progress in seconds · 7 how many may be due in all
--       8 'mark' where it ends the incident, 'unmark' where it opens it again
--       9… '<device> <host>' of further devices, with the first page: but those to which an alert may be under way, whose
--       correction its acceptance makes due
-- Returns how many were looked at where more may follow; -1 when the pointer is done with; -2 when too many are due: it waits in the outbox
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[7]) then
  return -2
end
local due = {}
local function makeDue(device) -- '<device> <host>'
  due[#due + 1] = ARGV[4]
  due[#due + 1] = ARGV[3] .. device .. ' 0'
end

local place = redis.call('GET', KEYS[3])
if not place then
  if ARGV[8] == 'mark' then
    redis.call('SET', KEYS[5], ARGV[3], 'EX', ARGV[6])
  else
    redis.call('DEL', KEYS[5])
  end
  for i = 9, #ARGV do
    local device = string.match(ARGV[i], '^%S+')
    local tried = redis.call('SMISMEMBER', KEYS[7], device, device .. '?')
    if ARGV[8] ~= 'mark' or tried[1] + tried[2] == 0 then
      makeDue(ARGV[i])
    end
  end
  place = '0 ' .. redis.call('ZCARD', KEYS[1])
end
local page = {}
local from, upTo = string.match(place, '^(%d+) (%d+)$')
if from then
  page = redis.call('ZRANGE', KEYS[1], '(' .. from, upTo, 'BYSCORE', 'LIMIT', '0', ARGV[5])
end
local subscriptions = #page > 0 and redis.call('HMGET', KEYS[6], unpack(page)) or {}
for i, device in ipairs(page) do
  if subscriptions[i] then
    makeDue(device .. ' ' .. cjson.decode(subscriptions[i]).host)
  end
end
-- Those that come with the first page may be any number, and one call takes a few thousand words.
for i = 1, #due, 2000 do
  redis.call('ZADD', KEYS[2], unpack(due, i, math.min(i + 1999, #due)))
end
if #page < tonumber(ARGV[5]) then
  redis.call('SET', KEYS[3], 'done', 'EX', ARGV[6])
  redis.call('XACK', KEYS[4], ARGV[1], ARGV[2])
  return -1
end
redis.call('SET', KEYS[3], redis.call('ZSCORE', KEYS[1], page[#page]) .. ' ' .. upTo, 'EX', ARGV[6])
return #page
