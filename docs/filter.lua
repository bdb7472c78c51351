-- SPDX-License-Identifier: MIT
--[[
The book's filter for pandoc. Run from the top of the tree by harness/tools/book, with
-M source=FILE (the first input) and -M cited=FILE (sources and pictures that the pages need are
added to it).

 - A block of class dot, or an image of a .dot file, is drawn here and now.
 - A block with file="programs/x.c" is that file, without its licence line and its includes.
 - A code span `file.c:function` becomes a link to the definition; `mp_function` one to the manual.
 - Links between files of the tree become links between pages; hints fold.

A citation or a link that leads nowhere fails the build, all of them at once.
--]]

local source, cited
local faults = {}

local function fault(...)
  table.insert(faults, source .. ': ' .. string.format(...))
end

-- Paths --------------------------------------------------------------------------------------

local function read(path)
  local file = io.open(path)
  local text = file and file:read('a') -- nil for a folder
  if file then file:close() end
  return text
end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

local function list(command)
  local lines = {}
  local pipe = io.popen(command .. ' 2>/dev/null')
  for line in pipe:lines() do table.insert(lines, line) end
  pipe:close()
  return lines
end

-- "labs/01-process/../include" -> "labs/include"
local function normal(path)
  local parts = {}
  for part in path:gmatch('[^/]+') do
    if part == '..' and #parts > 0 then table.remove(parts)
    elseif part ~= '.' then table.insert(parts, part) end
  end
  return table.concat(parts, '/')
end

local function folder(path)
  return path:match('^(.*/)') or ''
end

-- The page of a source; harness/tools/book has the same rule.
local function page_of(path)
  return (path:gsub('^docs/', ''):gsub('%.md$', ''):gsub('hints$', 'index'):gsub('README$', 'index')) .. '.html'
end

local function href(path, fragment)
  local up = page_of(source):gsub('[^/]+', '..'):gsub('%.%.$', '')
  return up .. page_of(path) .. (fragment and '#' .. fragment or '')
end

local function cite(path)
  if cited then
    local file = io.open(cited, 'a')
    file:write(path, '\n')
    file:close()
  end
end

-- Is there a page of it? Solutions have none: they would give the answers away.
local function has_page(path)
  if path:match('%.md$') then
    return path:match('^docs/') or path:match('^labs/%d%d%-[^/]+/README%.md$') or path:match('^labs/%d%d%-[^/]+/hints%.md$')
  end
  return path:match('%.[ch]$') and (path:match('^labs/') or path:match('^harness/') or path:match('^docs/'))
end

-- Diagrams -----------------------------------------------------------------------------------

local function escape(text)
  return (text:gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;'):gsub('"', '&quot;'))
end

local function draw(dot, name, caption)
  local ok, svg = pcall(pandoc.pipe, 'harness/tools/draw', {'-', 'svg'}, dot)
  if not ok then
    fault('%s cannot be drawn (the words of dot are above)', name)
    return pandoc.Null()
  end
  local words = pandoc.utils.stringify(caption)
  local label = words ~= '' and words or 'diagram'
  svg = svg:gsub('<svg ', '<svg role="img" aria-label="' .. escape(label):gsub('%%', '%%%%') .. '" ', 1)
  local blocks = {pandoc.RawBlock('html', '<figure class="diagram">\n' .. svg)}
  if words ~= '' then
    table.insert(blocks, pandoc.RawBlock('html', '<figcaption>'))
    table.insert(blocks, pandoc.Plain(caption))
    table.insert(blocks, pandoc.RawBlock('html', '</figcaption>'))
  end
  table.insert(blocks, pandoc.RawBlock('html', '</figure>'))
  return blocks
end

local function draw_image(image)
  local path = normal(folder(source) .. image.src)
  local dot = read(path)
  if not dot then
    fault('there is no diagram %s', image.src)
    return pandoc.Null()
  end
  return draw(dot, path, image.caption)
end

-- Other pictures are copied beside the pages, by the same way that sources get theirs.
local function image(element)
  if element.src:match('^%a[%w+.-]*:') then return nil end
  local path = normal(folder(source) .. element.src)
  if path:match('%.dot$') then return fault('the diagram %s must be a paragraph of its own', element.src) end
  if not exists(path) then return fault('there is no picture %s', element.src) end
  cite(path)
  element.src = href(path):gsub('%.html$', '')
  return element
end

local function include(block)
  local path = normal(folder(source) .. block.attributes.file)
  local text = read(path)
  if not text then
    return fault('there is no file %s', block.attributes.file)
  end
  text = text:gsub('^/%* SPDX[^\n]*\n', ''):gsub('\n$', '')
  if block.classes:includes('c') then
    text = text:gsub('#include [^\n]*\n', ''):gsub('#define _GNU_SOURCE\n', ''):gsub('\n\n\n+', '\n\n')
  end
  block.text = text
  block.attributes.file = nil
end

-- Tabs stop in different places behind a line number: let them be spaces.
local function expand(text)
  return (text:gsub('[^\n]*\t[^\n]*', function(line)
    while line:find('\t') do
      line = line:gsub('^([^\t]*)\t', function(before)
        return before .. string.rep(' ', 8 - utf8.len(before) % 8)
      end)
    end
    return line
  end))
end

local function code_block(block)
  if block.attributes.file then include(block) end
  if block.classes:includes('dot') then
    return draw(block.text, 'a dot block', pandoc.Inlines(block.attributes.caption or ''))
  end
  block.text = expand(block.text)
  return block
end

local function paragraph(block)
  local only = #block.content == 1 and block.content[1]
  if only and only.t == 'Image' and only.src:match('%.dot$') then return draw_image(only) end
end

-- Citations ----------------------------------------------------------------------------------

-- The line where a function (or a macro, or a struct) begins in a text, or nil.
local function definition(text, name, header)
  local number = 0
  for line in (text .. '\n'):gmatch('(.-)\n') do
    number = number + 1
    if line:find('^' .. name .. '%(') or line:find('^#define ' .. name .. '%f[^%w_]')
      or line:find('^struct ' .. name .. ' {') or line:find('^enum ' .. name .. ' {')
      or (header and line:find('^[%a_].*%f[%w_]' .. name .. '%(')) then
      return number
    end
  end
end

local function candidates(file)
  if file:find('/') then return exists(file) and {file} or {} end
  return list("find labs solutions harness -name '" .. file .. "' -type f | sort")
end

local function citation(text, file, name)
  local paths, found, line = candidates(file), {}, nil
  for _, path in ipairs(paths) do
    local at = definition(read(path) or '', name, path:match('%.h$'))
    if at then
      table.insert(found, path)
      line = at
    end
  end
  if #paths == 0 then
    fault('dead citation `%s`: there is no file %s', text, file)
  elseif #found == 0 then
    fault('dead citation `%s`: %s does not define %s', text, table.concat(paths, ', '), name)
  elseif #found > 1 then
    fault('citation `%s` could mean %s: write the path', text, table.concat(found, ' or '))
  elseif not has_page(found[1]) then
    return pandoc.Span({pandoc.Code(text)}, {class = 'citation', title = found[1]})
  else
    cite(found[1])
    -- Headers have pages of their own, with a section for each function.
    local fragment = found[1]:match('^labs/include/') and name or 'cb1-' .. line
    return pandoc.Link({pandoc.Code(text)}, href(found[1], fragment), found[1] .. ', line ' .. line, {class = 'citation'})
  end
end

-- Code in a heading is no citation.
local function heading(block)
  return pandoc.walk_block(block, {Code = function(span)
    span.classes:insert('heading')
    return span
  end})
end

local manual -- function -> header
local function manual_of(name)
  if not manual then
    manual = {}
    for _, path in ipairs(list('ls labs/include/mp/*.h')) do
      for found in read(path):gmatch('%f[%w_](mp_[%w_]+)%(') do manual[found] = manual[found] or path end
    end
  end
  local path = manual[name]
  return path and definition(read(path), name, true) and path
end

local function code(span)
  if span.classes:includes('heading') then return nil end
  local file, name = span.text:match('^([%w_./-]+%.[ch]):([%a_][%w_]*)$')
  if file then return citation(span.text, file, name) end
  local called = span.text:match('^(mp_[%w_]+)$') or span.text:match('^(mp_[%w_]+)%(%)$')
  local path = called and manual_of(called)
  if path then return pandoc.Link({span}, href(path, called), '', {class = 'manual'}) end
end

-- Links --------------------------------------------------------------------------------------

local anchors = {} -- path -> set of ids

local function anchors_of(path)
  if not anchors[path] then
    local ids = {}
    local note = function(element) ids[element.identifier] = true end
    local blocks = pandoc.read(read(path), 'markdown').blocks
    pandoc.walk_block(pandoc.Div(blocks), {Header = note, Div = note, Span = note})
    anchors[path] = ids
  end
  return anchors[path]
end

local function link(element)
  local target = element.target
  if target:match('^%a[%w+.-]*:') or target:match('^//') or element.classes:includes('citation')
    or element.classes:includes('manual') then
    return nil
  end
  local file, fragment = target:match('^([^#]*)#?(.*)$')
  local path = file == '' and source or normal(folder(source) .. file)
  if not exists(path) then
    fault('dead link %s', target)
    return nil
  end
  if path:match('%.md$') and fragment ~= '' and not anchors_of(path)[fragment] then
    fault('dead link %s: %s has no such heading', target, path)
  end
  if exists(path .. '/README.md') then path = path .. '/README.md' end
  if file == '' then return nil end
  if not has_page(path) then
    return pandoc.Span(element.content, {title = path})
  end
  if path:match('%.[ch]$') then cite(path) end
  element.target = href(path, fragment ~= '' and fragment or nil)
  return element
end

-- Hints fold: a heading that is an id and no more, and what is under it -------------------------

local function fold_hints(blocks)
  local out, open = pandoc.List(), false
  local function close()
    if open then out:insert(pandoc.RawBlock('html', '</details>')) end
    open = false
  end
  for _, block in ipairs(blocks) do
    if block.t == 'Header' and block.level <= 2 then
      close()
      local words = pandoc.utils.stringify(block)
      if block.level == 2 and words:match('^%l[%w_]*%.%d+$') then
        open = true
        out:insert(pandoc.RawBlock('html', '<details class="hint" id="hint-' .. words .. '"><summary>' .. words .. '</summary>'))
      else
        out:insert(block)
      end
    else
      out:insert(block)
    end
  end
  close()
  return out
end

-- Navigation ---------------------------------------------------------------------------------

local function title_of(path)
  local text = read(path)
  if path:match('%.h$') then return path:match('include/(.*)$') end
  return ('\n' .. text):match('\n# ([^\n]*)') or path
end

local function nav_section(name, paths)
  if #paths == 0 then return '' end
  local html = {'<h2>' .. name .. '</h2><ul>'}
  for _, path in ipairs(paths) do
    local here = path == source and ' aria-current="page"' or ''
    table.insert(html, '<li><a href="' .. href(path) .. '"' .. here .. '>' .. escape(title_of(path)):gsub('`', '') .. '</a></li>')
  end
  table.insert(html, '</ul>')
  return table.concat(html, '\n')
end

local function navigation()
  return nav_section('The ladder', list('ls labs/[0-9][0-9]-*/README.md'))
    .. nav_section('The book', list('ls docs/book/*.md'))
    .. nav_section('Manual', list('ls labs/include/mp/*.h'))
    .. nav_section('Reference', list("ls docs/*.md 2>/dev/null | grep -v '/README.md$'"))
    .. nav_section('Decisions', list('ls docs/decisions/*.md'))
end

-- The whole ----------------------------------------------------------------------------------

function Pandoc(doc)
  source = pandoc.utils.stringify(doc.meta.source)
  cited = doc.meta.cited and pandoc.utils.stringify(doc.meta.cited)
  local blocks = fold_hints(doc.blocks)
  local body = pandoc.walk_block(pandoc.Div(blocks), {Header = heading})
  body = pandoc.walk_block(body, {Code = code, CodeBlock = code_block})
  body = pandoc.walk_block(body, {Link = link, Para = paragraph})
  body = pandoc.walk_block(body, {Image = image})
  for _, block in ipairs(body.content) do
    if block.t == 'Header' then
      doc.meta.pagetitle = doc.meta.pagetitle or pandoc.utils.stringify(block)
      doc.meta.contents = doc.meta.contents or block.level == 2
    end
  end
  doc.meta.nav = pandoc.MetaBlocks({pandoc.RawBlock('html', navigation())})
  doc.meta.root = page_of(source):gsub('[^/]+', '..'):gsub('%.%.$', '')
  doc.meta.home = page_of(source) == 'index.html'
  if #faults > 0 then
    for _, words in ipairs(faults) do io.stderr:write(words, '\n') end
    os.exit(1)
  end
  return pandoc.Pandoc(body.content, doc.meta)
end
