-- Sign-in features that tests need on Prosody 0.12: the channel binding tls-exporter (RFC 9266) and its announcement (XEP-0440), which only 0.13 has,
-- and the hash of the offer (XEP-0474), which no version has yet. The exporter is that of Debian's lua-sec.
module:set_global();

local base64 = require "util.encodings".base64;
local hashes = require "util.hashes";
local sasl = require "util.sasl";
local st = require "util.stanza";

local function upvalue(f, wanted)
	for i = 1, math.huge do
		local name, value = debug.getupvalue(f, i);
		if not name or name == wanted then return value; end
	end
end

local disabled = module:get_option_set("disable_sasl_mechanisms", {});
local types = module:get_option_array("mnemo_announced_bindings", { "tls-exporter" });
local prove = module:get_option_boolean("mnemo_prove_offer", false);

for name, list in pairs(upvalue(sasl.registerMechanism, "mechanism_channelbindings")) do
	if name:find("^SCRAM") then list["tls-exporter"] = true; end
end

local function offer_hash(handler, hash)
	local names, bindings = {}, {};
	for name in pairs(handler:mechanisms()) do
		if not disabled:contains(name) then table.insert(names, name); end
	end
	for _, name in ipairs(types) do table.insert(bindings, name); end
	table.sort(names);
	table.sort(bindings);
	return base64.encode(hash(table.concat(names, "\030") .. "\031" .. table.concat(bindings, "\030")));
end

local mechanisms = upvalue(sasl.registerMechanism, "registered_mechanisms");
for _, name in ipairs { "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS" } do
	local process = mechanisms[name];
	mechanisms[name] = function (handler, message)
		local status, answer, text = process(handler, message);
		if prove and status == "challenge" then
			answer = answer .. ",h=" .. offer_hash(handler, name:find("SHA%-1") and hashes.sha1 or hashes.sha256);
			handler.state.server_first_message = answer;
		end
		return status, answer, text;
	end
end

-- a host's account provider exists when its first stream begins
local function patch(users)
	if rawget(users, "mnemo_patched") then return; end
	rawset(users, "mnemo_patched", true);
	local get_sasl_handler = users.get_sasl_handler;
	function users.get_sasl_handler(session)
		local handler = get_sasl_handler(session);
		local socket = session.encrypted and session.conn:socket();
		if socket and socket.info and socket:info("protocol") == "TLSv1.3" then
			handler:add_cb_handler("tls-exporter", function ()
				return socket:exportkeyingmaterial("EXPORTER-Channel-Binding", 32, "");
			end);
		end
		return handler;
	end
end

function module.add_host(host)
	host:hook("stream-features", function ()
		local users = prosody.hosts[host.host].users;
		if users then patch(users); end
	end, 2000);
	host:hook("stream-features", function (event)
		if event.origin.username or not event.origin.encrypted then return; end
		local announced = st.stanza("sasl-channel-binding", { xmlns = "urn:xmpp:sasl-cb:0" });
		for _, name in ipairs(types) do announced:tag("channel-binding", { type = name }):up(); end
		event.features:add_child(announced);
	end, -10);
end
