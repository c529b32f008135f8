#!lua
-- Turns one outbox pointer into due pushes, a page of subscriptions at a time, and acknowledges it with the last page. Each page and the place it got to are one step: a worker that dies between two pages repeats and misses nothing.
--
-- KEYS  1 subscriptions' order · 2 due pushes · 3 this alert's progress · 4 outbox
-- ARGV  1 consumer group · 2 pointer's id in the outbox · 3 prefix of the due members · 4 now
--       5 subscriptions a page · 6 life of the progress in seconds · 7 how many may be due in all
--       8 'all' = everybody in the order, 'these' = only the devices that follow · 9… '<device> <host>'
-- Returns how many were made due where more may follow; -1 when the pointer is done with; -2 when too many are due: it waits in the outbox
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[7]) then
  return -2
end
local place = redis.call('GET', KEYS[3])
local page = {}
if place ~= 'done' then
  if ARGV[8] == 'all' then
    -- '-' sorts before every member, '(x' after x.
    local from = place and '(' .. place or '-'
    page = redis.call('ZRANGE', KEYS[1], from, '+', 'BYLEX', 'LIMIT', '0', ARGV[5])
  elseif not place then
    for i = 9, #ARGV do
      page[#page + 1] = ARGV[i]
    end
  end
end
-- Those that follow may be any number, and one call takes a few thousand words.
for from = 1, #page, 1000 do
  local due = {}
  for i = from, math.min(from + 999, #page) do -- '<device> <host>'
    due[#due + 1] = ARGV[4]
    due[#due + 1] = ARGV[3] .. page[i] .. ' 0'
  end
  redis.call('ZADD', KEYS[2], unpack(due))
end
if ARGV[8] == 'these' or #page < tonumber(ARGV[5]) then
  redis.call('SET', KEYS[3], 'done', 'EX', ARGV[6])
  redis.call('XACK', KEYS[4], ARGV[1], ARGV[2])
  return -1
end
redis.call('SET', KEYS[3], page[#page], 'EX', ARGV[6])
return #page
