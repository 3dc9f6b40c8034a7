-- A host on which nothing answers: whatever is said to it is swallowed, as by a service that hangs.
for _, name in ipairs { "iq", "message", "presence" } do
	for _, to in ipairs { "bare", "full", "host" } do
		module:hook(name .. "/" .. to, function () return true; end, 1000);
	end
end
