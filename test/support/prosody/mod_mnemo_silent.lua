-- Host that never answers: it discards every stanza, like a service that hangs.
for _, name in ipairs { "iq", "message", "presence" } do
	for _, to in ipairs { "bare", "full", "host" } do
		module:hook(name .. "/" .. to, function () return true; end, 1000);
	end
end
