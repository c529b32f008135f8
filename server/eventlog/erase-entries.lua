#!lua
-- Empties entries of a log that nobody may read any more, a page a call: those about incidents that are gone, and those
-- that name a member who is erased. Each keeps its seq and its time, so that no reader meets a gap. A stream's entries
-- cannot be changed, and those that are trimmed keep their bytes while a neighbour in their block is left: the log is
-- copied beside itself, and the copy takes its place in the step that copies the last page.
--
-- KEYS  1 log stream · 2 incidents hash · 3 meta hash · 4 the copy, a key of this run's own
-- ARGV  1 'look' = only say whether there is one to empty, 'copy'
--       2 seq after which the page begins · 3 entries a page · 4 member id, '' = none
--       5 how often the log was replaced when the run began · 6 new epoch, '' = it stays
--       7 life of an unfinished copy in seconds
-- Returns {'found'}, {'more', seq of the page's last entry}, {'none'}, {'done'}, or {'moved'}: another run was faster
local page = redis.call('XRANGE', KEYS[1], '(0-' .. ARGV[2], '+', 'COUNT', ARGV[3])

local function incidentsOf(entry)
  local ids = {}
  for name, part in pairs(entry) do
    if type(part) == 'table' then
      local id = part.incidentId
      if name == 'incident' then
        id = part.id
      end
      if type(id) == 'string' then
        ids[#ids + 1] = id
      end
    end
  end
  return ids
end

local function isToEmpty(json, entry)
  if entry.type == 'entry.erased' then
    return false
  end
  if ARGV[4] ~= '' and string.find(json, ARGV[4], 1, true) then
    return true
  end
  for _, id in ipairs(incidentsOf(entry)) do
    if redis.call('HEXISTS', KEYS[2], id) == 0 then
      return true
    end
  end
  return false
end

local last
for _, item in ipairs(page) do
  local id, json = item[1], item[2][2]
  local entry = cjson.decode(json)
  if isToEmpty(json, entry) then
    if ARGV[1] == 'look' then
      return { 'found' }
    end
    json = string.format('{"at":%.0f,"type":"entry.erased","by":null}', entry.at)
  end
  if ARGV[1] == 'copy' then
    redis.call('XADD', KEYS[4], id, 'e', json)
  end
  last = string.sub(id, 3)
end

if #page == tonumber(ARGV[3]) then
  if ARGV[1] == 'copy' then
    redis.call('EXPIRE', KEYS[4], ARGV[7])
  end
  return { 'more', tonumber(last) }
end
if ARGV[1] == 'look' then
  return { 'none' }
end
if (redis.call('HGET', KEYS[3], 'replaced') or '0') ~= ARGV[5] then
  redis.call('UNLINK', KEYS[4])
  return { 'moved' }
end
if redis.call('EXISTS', KEYS[4]) == 1 then
  redis.call('PERSIST', KEYS[4])
  redis.call('RENAME', KEYS[4], KEYS[1])
  redis.call('HINCRBY', KEYS[3], 'replaced', 1)
  if ARGV[6] ~= '' then
    redis.call('HSET', KEYS[3], 'epoch', ARGV[6])
  end
end
return { 'done' }
