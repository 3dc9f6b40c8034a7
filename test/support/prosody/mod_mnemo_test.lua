-- Additions to Debian's prosody-modules for tests: functions of 0.13 that mod_sasl2 needs on 0.12, and mod_http_altconnect (XEP-0156), which is not in that package.
module:set_global();

local json = require "util.json";
local datetime = require "util.datetime";

local stanza_mt = require "util.stanza".stanza_mt;
stanza_mt.get_child_attr = stanza_mt.get_child_attr or function (self, name, xmlns, attr)
	local child = self:get_child(name, xmlns);
	return child and child.attr[attr];
end

local stamp = datetime.datetime;
function datetime.datetime(time)
	return stamp(time and math.floor(time));
end

function module.add_host(host)
	host:hook("stream-features", function (event)
		-- Prosody 0.13 provides the stream's opener; mod_sasl2_fast only checks that there is one
		event.stream = event.stream or { from = "somebody@" .. host.host };
		local conn = event.origin.conn;
		local methods = conn and getmetatable(conn).__index;
		if type(methods) == "table" and not methods.ssl_info then
			function methods:ssl_info()
				local socket = self:socket();
				return socket and socket.info and socket:info() or nil;
			end
		end
	end, 1000);

	if host.host:find("%.") then return; end
	host:depends("http");
	host:provides("http", {
		name = "host-meta";
		default_path = "/.well-known";
		route = {
			["GET /host-meta.json"] = function (event)
				event.response.headers.content_type = "application/json";
				return json.encode({ links = { { rel = "urn:xmpp:alt-connections:websocket", href = (host:http_url("websocket", "xmpp-websocket"):gsub("^http", "ws")) } } });
			end;
		};
	});
end
