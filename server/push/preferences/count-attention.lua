#!lua
-- Counts what disturbs some members today, and says what is beyond their budget. However often, and for however many
-- devices, it is asked of one message, the answer is the same.
--
-- KEYS  1 hash: member → '<day>|<seq of the first that was folded>|<seq>,<seq>,…' of those that disturbed them
-- ARGV  1 seq of the message · 2 '1' where it may be folded · 3 life in seconds · 4… triples: member, day, budget
-- Returns for each 0: within · 1: beyond · 2: beyond, and the first of the day
local answers = {}
for i = 4, #ARGV, 3 do
  local day, first, seqs = string.match(redis.call('HGET', KEYS[1], ARGV[i]) or '', '^([^|]*)|([^|]*)|(.*)$')
  if day ~= ARGV[i + 1] then
    first, seqs = '', ','
  end
  local _, count = string.gsub(seqs, '%d+', '')
  local answer = 0
  if not string.find(seqs, ',' .. ARGV[1] .. ',', 1, true) then
    if count < tonumber(ARGV[i + 2]) then
      seqs = seqs .. ARGV[1] .. ','
    elseif ARGV[2] == '1' then
      if first == '' then
        first = ARGV[1]
      end
      answer = first == ARGV[1] and 2 or 1
    end
  end
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1] .. '|' .. first .. '|' .. seqs)
  answers[#answers + 1] = answer
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
return answers
