#!lua
-- Counts what disturbs some members today, and says what is beyond their budget. However often, and for however many
-- devices, it is asked of one message, the answer is the same.
--
-- KEYS  1 hash: member, or the name of a count that many share → '<day>|<seq of the first that was folded for the
--         member>|<seq>,<seq>,…' of those that disturbed them
-- ARGV  1 seq of the message · 2 '1' where it may be folded · 3 life in seconds
--       4… four each: member, whose count holds for them, day, budget
-- Returns for each 0: within · 1: beyond · 2: beyond, and the first of the day
local rows = {}
local function rowOf(who, day)
  local row = rows[who]
  if not row then
    local kept, first, seqs = string.match(redis.call('HGET', KEYS[1], who) or '', '^([^|]*)|([^|]*)|(.*)$')
    row = { day = day, first = '', seqs = ',' }
    if kept == day then
      row.first, row.seqs = first, seqs
    end
    rows[who] = row
  end
  return row
end

local answers = {}
for i = 4, #ARGV, 4 do
  local member, counted, day, budget = unpack(ARGV, i, i + 3)
  local count = rowOf(counted, day)
  local answer = 0
  if not string.find(count.seqs, ',' .. ARGV[1] .. ',', 1, true) then
    local _, disturbed = string.gsub(count.seqs, '%d+', '')
    if disturbed < tonumber(budget) then
      count.seqs = count.seqs .. ARGV[1] .. ','
      count.changed = true
    elseif ARGV[2] == '1' then
      -- Of each by themselves: not everybody is meant by the same messages.
      local own = rowOf(member, day)
      if own.first == '' then
        own.first = ARGV[1]
        own.changed = true
      end
      answer = own.first == ARGV[1] and 2 or 1
    end
  end
  answers[#answers + 1] = answer
end
-- Most of those that share a count ask what was counted before: what writes nothing waits for no disk.
for who, row in pairs(rows) do
  if row.changed then
    redis.call('HSET', KEYS[1], who, row.day .. '|' .. row.first .. '|' .. row.seqs)
    redis.call('EXPIRE', KEYS[1], ARGV[3])
  end
end
return answers
