-- Group like those of a gateway to another network: messages return with other ids and without an origin-id (as Biboumi's IRC channels do).
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
