-- A group as a gateway to another network has it: messages come back under other ids, without an origin-id (Biboumi's IRC channels do so).
local uuid = require "util.uuid".generate;

module:hook("muc-broadcast-message", function (event)
	local stanza = event.stanza;
	if stanza.attr.type ~= "groupchat" or not stanza:get_child("body") then return; end
	stanza.attr.id = uuid();
	stanza:maptags(function (tag)
		if tag.name == "origin-id" then return nil; end
		return tag;
	end);
end, 100);
