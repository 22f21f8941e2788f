CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE account (
	platform VARCHAR(16) NOT NULL, 
	workspace VARCHAR(64) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	linked DATETIME NOT NULL, 
	CONSTRAINT pk_account PRIMARY KEY (platform, workspace, account)
);
CREATE INDEX ix_account_person ON account (person);
CREATE TABLE approval (
	id VARCHAR(24) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	reason TEXT NOT NULL, 
	subject JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	requester VARCHAR(64) NOT NULL, 
	requester_name VARCHAR(128) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	level INTEGER NOT NULL, 
	priority VARCHAR(10) NOT NULL, 
	severity VARCHAR(10) NOT NULL, 
	rules JSON NOT NULL, 
	reminded INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	approved_until DATETIME, 
	execution VARCHAR(64), 
	result TEXT NOT NULL, 
	final JSON, 
	closed DATETIME, 
	version INTEGER NOT NULL, takes_effect DATETIME, extended INTEGER DEFAULT '0' NOT NULL, report_by DATETIME, supersedes VARCHAR(24), superseded_by VARCHAR(24), previous VARCHAR(24), amended JSON, 
	CONSTRAINT pk_approval PRIMARY KEY (id), 
	CONSTRAINT uq_approval_requester_key UNIQUE (requester, "key")
);
CREATE INDEX ix_approval_requester ON approval (requester, status);
CREATE INDEX ix_approval_status ON approval (status, created);
CREATE TABLE audit (
	number BIGINT NOT NULL, 
	event_seq BIGINT NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (number), 
	CONSTRAINT uq_audit_event_seq UNIQUE (event_seq)
);
CREATE TABLE audit_anchor (
	number BIGINT NOT NULL, 
	target VARCHAR(16) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	due DATETIME NOT NULL, 
	written DATETIME, 
	error VARCHAR(400), 
	CONSTRAINT pk_audit_anchor PRIMARY KEY (number, target)
);
CREATE TABLE audit_head (
	id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_head PRIMARY KEY (id)
);
CREATE TABLE copy (
	seq INTEGER NOT NULL, 
	id VARCHAR(24) NOT NULL, 
	"view" VARCHAR(32) NOT NULL, 
	ref VARCHAR(64) NOT NULL, 
	platform VARCHAR(16) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	thread VARCHAR(64) NOT NULL, 
	place JSON NOT NULL, 
	lane VARCHAR(255) NOT NULL, 
	message VARCHAR(64), 
	revision INTEGER NOT NULL, 
	shown DATETIME, 
	CONSTRAINT pk_copy PRIMARY KEY (seq), 
	CONSTRAINT uq_copy_id UNIQUE (id), 
	CONSTRAINT uq_copy_view_ref_platform_channel_thread UNIQUE ("view", ref, platform, channel, thread)
);
CREATE INDEX ix_copy_message ON copy (platform, channel, message);
CREATE INDEX ix_copy_thread ON copy (platform, channel, thread);
CREATE TABLE deadline (
	id INTEGER NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	ref VARCHAR(96) NOT NULL, 
	due DATETIME NOT NULL, 
	failures INTEGER NOT NULL, 
	CONSTRAINT pk_deadline PRIMARY KEY (id), 
	CONSTRAINT uq_deadline_kind_ref UNIQUE (kind, ref)
);
CREATE INDEX ix_deadline_due ON deadline (due);
CREATE TABLE delegation (
	id INTEGER NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	deputy VARCHAR(64) NOT NULL, 
	begins DATETIME NOT NULL, 
	ends DATETIME NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_delegation PRIMARY KEY (id)
);
CREATE INDEX ix_delegation_ends ON delegation (ends);
CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	outbox_key VARCHAR(200) NOT NULL, 
	about VARCHAR(64) NOT NULL, 
	lane VARCHAR(255) NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	attempt INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	detail VARCHAR(400) NOT NULL, 
	CONSTRAINT pk_delivery PRIMARY KEY (id)
);
CREATE INDEX ix_delivery_about ON delivery (about, id);
CREATE INDEX ix_delivery_outbox_key ON delivery (outbox_key);
CREATE TABLE event (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	ref VARCHAR(64) NOT NULL, 
	actor VARCHAR(128) NOT NULL, 
	data JSON NOT NULL, 
	sealed BOOLEAN NOT NULL
);
CREATE INDEX ix_event_ref ON event (ref, seq);
CREATE INDEX ix_event_unsealed ON event (seq) WHERE sealed = 0;
CREATE TABLE execution (
	id VARCHAR(24) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	runbook VARCHAR(64) NOT NULL, 
	version_of VARCHAR(64) NOT NULL, 
	params JSON NOT NULL, 
	"plan" JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	place JSON, 
	created_at DATETIME NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	phase VARCHAR(10) NOT NULL, 
	ending VARCHAR(20) NOT NULL, 
	words TEXT NOT NULL, 
	request VARCHAR(24) NOT NULL, 
	lock VARCHAR(255) NOT NULL, 
	incident VARCHAR(24) NOT NULL, 
	time_left FLOAT, 
	runs_until DATETIME, 
	started_at DATETIME, 
	ended_at DATETIME, 
	version INTEGER NOT NULL, origin VARCHAR(24) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_execution PRIMARY KEY (id), 
	CONSTRAINT uq_execution_key UNIQUE ("key")
);
CREATE INDEX ix_execution_request ON execution (request);
CREATE INDEX ix_execution_state ON execution (state, created_at);
CREATE TABLE execution_lock (
	"key" VARCHAR(255) NOT NULL, 
	slot INTEGER NOT NULL, 
	execution VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_execution_lock PRIMARY KEY ("key", slot)
);
CREATE INDEX ix_execution_lock_execution ON execution_lock (execution);
CREATE TABLE home (
	platform VARCHAR(16) NOT NULL, 
	workspace VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	lane VARCHAR(255) NOT NULL, 
	payload JSON NOT NULL, 
	opened DATETIME NOT NULL, 
	CONSTRAINT pk_home PRIMARY KEY (platform, workspace, user)
);
CREATE INDEX ix_home_person ON home (person);
CREATE TABLE inbox (
	"key" VARCHAR(255) NOT NULL, 
	payload JSON, 
	state VARCHAR(8) NOT NULL, 
	process VARCHAR(64) NOT NULL, 
	attempts INTEGER NOT NULL, 
	received DATETIME NOT NULL, 
	finished DATETIME, 
	outcome VARCHAR(64), 
	CONSTRAINT pk_inbox PRIMARY KEY ("key")
);
CREATE INDEX ix_inbox_finished ON inbox (finished);
CREATE INDEX ix_inbox_new ON inbox (received) WHERE state = 'new';
CREATE TABLE incident (
	id VARCHAR(24) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	severity INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	service VARCHAR(64) NOT NULL, 
	declared_by VARCHAR(64) NOT NULL, 
	declared_name VARCHAR(128) NOT NULL, 
	lead VARCHAR(64) NOT NULL, 
	lead_name VARCHAR(128) NOT NULL, 
	is_test BOOLEAN NOT NULL, 
	cause TEXT NOT NULL, 
	follow_ups TEXT NOT NULL, 
	"update" TEXT NOT NULL, 
	update_by VARCHAR(128) NOT NULL, 
	updated DATETIME, 
	created DATETIME NOT NULL, 
	acknowledged DATETIME, 
	resolved DATETIME, 
	version INTEGER NOT NULL, comms VARCHAR(64) DEFAULT '' NOT NULL, comms_name VARCHAR(128) DEFAULT '' NOT NULL, scribe VARCHAR(64) DEFAULT '' NOT NULL, scribe_name VARCHAR(128) DEFAULT '' NOT NULL, team VARCHAR(64) DEFAULT '' NOT NULL, owner VARCHAR(64) DEFAULT '' NOT NULL, owner_name VARCHAR(128) DEFAULT '' NOT NULL, resolution TEXT DEFAULT '' NOT NULL, mitigated DATETIME, closed DATETIME, merged_into VARCHAR(24) DEFAULT '' NOT NULL, category VARCHAR(16) DEFAULT '' NOT NULL, category_by VARCHAR(128) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_incident PRIMARY KEY (id)
);
CREATE INDEX ix_incident_state ON incident (state, created);
CREATE TABLE incident_unplaced (
	id VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	words JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_incident_unplaced PRIMARY KEY (id)
);
CREATE TABLE lease (
	name VARCHAR(96) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	fence BIGINT NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_lease PRIMARY KEY (name)
);
CREATE TABLE link_code (
	hash VARCHAR(64) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	expires DATETIME NOT NULL, 
	CONSTRAINT pk_link_code PRIMARY KEY (hash)
);
CREATE INDEX ix_link_code_person ON link_code (person);
CREATE TABLE link_try (
	id INTEGER NOT NULL, 
	platform VARCHAR(16) NOT NULL, 
	workspace VARCHAR(64) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_link_try PRIMARY KEY (id)
);
CREATE INDEX ix_link_try_account ON link_try (platform, account);
CREATE TABLE news (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"view" VARCHAR(32) NOT NULL, 
	ref VARCHAR(64) NOT NULL, 
	content JSON NOT NULL
);
CREATE TABLE notice (
	id VARCHAR(24) NOT NULL, 
	about VARCHAR(64) NOT NULL, 
	cause VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	way VARCHAR(16) NOT NULL, 
	target VARCHAR(1000) NOT NULL, 
	place JSON, 
	state VARCHAR(8) NOT NULL, 
	detail VARCHAR(400) NOT NULL, 
	attempts INTEGER NOT NULL, 
	provider VARCHAR(200) NOT NULL, 
	delivery VARCHAR(24) NOT NULL, 
	expires DATETIME NOT NULL, 
	created DATETIME NOT NULL, 
	settled DATETIME, 
	used DATETIME, 
	wrong INTEGER NOT NULL, leaves DATETIME, 
	CONSTRAINT pk_notice PRIMARY KEY (id), 
	CONSTRAINT uq_notice_about_cause_person_way_target_channel UNIQUE (about, cause, person, way, target, channel)
);
CREATE INDEX ix_notice_delivery ON notice (delivery);
CREATE TABLE notice_callback (
	about VARCHAR(64) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	url VARCHAR(1000) NOT NULL, 
	CONSTRAINT pk_notice_callback PRIMARY KEY (about)
);
CREATE TABLE notice_unreachable (
	about VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_notice_unreachable PRIMARY KEY (about)
);
CREATE TABLE number (
	prefix VARCHAR(8) NOT NULL, 
	last BIGINT NOT NULL, 
	CONSTRAINT pk_number PRIMARY KEY (prefix)
);
CREATE TABLE outbox (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR(200) NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	lane VARCHAR(255) NOT NULL, 
	about VARCHAR(64) NOT NULL, 
	copy_id VARCHAR(24), 
	payload JSON NOT NULL, 
	urgent BOOLEAN NOT NULL, 
	process VARCHAR(64) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due DATETIME NOT NULL, 
	created DATETIME NOT NULL, 
	finished DATETIME, 
	message VARCHAR(64), 
	error VARCHAR(400), 
	CONSTRAINT uq_outbox_key UNIQUE ("key")
);
CREATE INDEX ix_outbox_open_copy ON outbox (copy_id) WHERE state IN ('queued', 'sending');
CREATE INDEX ix_outbox_open_lane ON outbox (lane, seq) WHERE state IN ('queued', 'sending');
CREATE TABLE person (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	owner VARCHAR(64), 
	roles JSON NOT NULL, 
	timezone VARCHAR(64) NOT NULL, 
	active BOOLEAN NOT NULL, 
	joined DATETIME NOT NULL, 
	"left" DATETIME, seen DATETIME, 
	CONSTRAINT pk_person PRIMARY KEY (id)
);
CREATE TABLE token (
	id VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	scopes JSON NOT NULL, 
	created DATETIME NOT NULL, 
	revoked DATETIME, 
	CONSTRAINT pk_token PRIMARY KEY (id), 
	CONSTRAINT uq_token_hash UNIQUE (hash)
);
CREATE INDEX ix_token_person ON token (person);
CREATE TABLE approval_seat (
	request VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	groups JSON NOT NULL, 
	level INTEGER NOT NULL, 
	veto BOOLEAN NOT NULL, 
	stands_for VARCHAR(64) NOT NULL, 
	gone BOOLEAN NOT NULL, 
	CONSTRAINT pk_approval_seat PRIMARY KEY (request, person), 
	CONSTRAINT fk_approval_seat_request FOREIGN KEY(request) REFERENCES approval (id)
);
CREATE INDEX ix_approval_seat_person ON approval_seat (person);
CREATE TABLE execution_checkpoint (
	execution VARCHAR(24) NOT NULL, 
	version INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	steps JSON NOT NULL, 
	CONSTRAINT pk_execution_checkpoint PRIMARY KEY (execution, version), 
	CONSTRAINT fk_execution_checkpoint_execution FOREIGN KEY(execution) REFERENCES execution (id)
);
CREATE TABLE execution_step (
	execution VARCHAR(24) NOT NULL, 
	id VARCHAR(80) NOT NULL, 
	node JSON NOT NULL, 
	position INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	why VARCHAR(12) NOT NULL, 
	attempt INTEGER NOT NULL, 
	failures INTEGER NOT NULL, 
	not_before DATETIME, 
	owner VARCHAR(80) NOT NULL, 
	fence INTEGER NOT NULL, 
	lease_until DATETIME, 
	resuming BOOLEAN NOT NULL, 
	outputs JSON NOT NULL, 
	error TEXT NOT NULL, 
	log TEXT NOT NULL, 
	request VARCHAR(24) NOT NULL, 
	detail TEXT NOT NULL, 
	started_at DATETIME, 
	ended_at DATETIME, 
	finished INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_execution_step PRIMARY KEY (execution, id), 
	CONSTRAINT fk_execution_step_execution FOREIGN KEY(execution) REFERENCES execution (id)
);
CREATE INDEX ix_execution_step_request ON execution_step (request);
CREATE INDEX ix_execution_step_state ON execution_step (state, lease_until);
CREATE TABLE incident_entry (
	id INTEGER NOT NULL, 
	incident VARCHAR(24) NOT NULL, 
	at DATETIME NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	author VARCHAR(128) NOT NULL, 
	text TEXT NOT NULL, 
	source VARCHAR(400) NOT NULL, "by" VARCHAR(64) DEFAULT '' NOT NULL, link VARCHAR(400) DEFAULT '' NOT NULL, edited DATETIME, "of" VARCHAR(24) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_incident_entry PRIMARY KEY (id), 
	CONSTRAINT fk_incident_entry_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE INDEX ix_incident_entry_incident ON incident_entry (incident);
CREATE INDEX ix_incident_entry_source ON incident_entry (source);
CREATE TABLE outage (
	began DATETIME NOT NULL, 
	ended DATETIME NOT NULL, 
	CONSTRAINT pk_outage PRIMARY KEY (began)
);
CREATE TABLE "approval_vote" (
	request VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	choice VARCHAR(10) NOT NULL, 
	reason TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	via VARCHAR(16) NOT NULL, 
	strength VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_approval_vote PRIMARY KEY (request, person), 
	CONSTRAINT fk_approval_vote_request FOREIGN KEY(request) REFERENCES approval (id)
);
CREATE TABLE factor_try (
	id INTEGER NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_factor_try PRIMARY KEY (id)
);
CREATE INDEX ix_factor_try_person ON factor_try (person);
CREATE TABLE one_time_pass (
	id VARCHAR(24) NOT NULL, 
	purpose VARCHAR(8) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	action VARCHAR(32) NOT NULL, 
	about VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	reason TEXT NOT NULL, 
	via VARCHAR(16) NOT NULL, 
	created DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	used DATETIME, 
	CONSTRAINT pk_one_time_pass PRIMARY KEY (id)
);
CREATE INDEX ix_one_time_pass_person ON one_time_pass (person, purpose);
CREATE TABLE recovery_code (
	hash VARCHAR(64) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	used DATETIME, 
	CONSTRAINT pk_recovery_code PRIMARY KEY (hash)
);
CREATE INDEX ix_recovery_code_person ON recovery_code (person);
CREATE TABLE second_factor (
	person VARCHAR(64) NOT NULL, 
	secret TEXT, 
	pending TEXT, 
	step BIGINT NOT NULL, 
	enrolled DATETIME, 
	CONSTRAINT pk_second_factor PRIMARY KEY (person)
);
CREATE TABLE web_session (
	id VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	way VARCHAR(16) NOT NULL, 
	browser VARCHAR(120) NOT NULL, 
	created DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	authenticated DATETIME, 
	ended DATETIME, 
	CONSTRAINT pk_web_session PRIMARY KEY (id), 
	CONSTRAINT uq_web_session_hash UNIQUE (hash)
);
CREATE INDEX ix_web_session_person ON web_session (person);
CREATE TABLE oncall_override (
	id INTEGER NOT NULL, 
	schedule VARCHAR(64) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	begins DATETIME NOT NULL, 
	ends DATETIME NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	reason TEXT NOT NULL, 
	swapped_with VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_oncall_override PRIMARY KEY (id)
);
CREATE INDEX ix_oncall_override_ends ON oncall_override (schedule, ends);
CREATE TABLE approval_remark (
	request VARCHAR(24) NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	author VARCHAR(64) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	answers INTEGER, 
	CONSTRAINT pk_approval_remark PRIMARY KEY (request, number), 
	CONSTRAINT fk_approval_remark_request FOREIGN KEY(request) REFERENCES approval (id)
);
CREATE INDEX ix_notice_waiting ON notice (person, way) WHERE state = 'QUEUED';
CREATE TABLE absence (
	id INTEGER NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	begins DATETIME NOT NULL, 
	ends DATETIME NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_absence PRIMARY KEY (id)
);
CREATE INDEX ix_absence_ends ON absence (ends);
CREATE TABLE trade_order (
	request VARCHAR(24) NOT NULL, 
	asked VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	order_id VARCHAR(64) NOT NULL, 
	agent VARCHAR(64) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	symbol VARCHAR(32) NOT NULL, 
	side VARCHAR(4) NOT NULL, 
	sector VARCHAR(64) NOT NULL, 
	quantity VARCHAR(64) NOT NULL, 
	notional VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	over BOOLEAN NOT NULL, 
	CONSTRAINT pk_trade_order PRIMARY KEY (request), 
	CONSTRAINT fk_trade_order_request FOREIGN KEY(request) REFERENCES approval (id)
);
CREATE INDEX ix_trade_order_asked ON trade_order (agent, asked);
CREATE INDEX ix_trade_order_order ON trade_order (agent, order_id);
CREATE INDEX ix_trade_order_over ON trade_order (over);
CREATE INDEX ix_execution_origin ON execution (origin);
CREATE TABLE model_use (
	day VARCHAR(10) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	calls INTEGER NOT NULL, 
	failed INTEGER NOT NULL, 
	read BIGINT NOT NULL, 
	written BIGINT NOT NULL, 
	price BIGINT NOT NULL, 
	unpriced INTEGER NOT NULL, 
	held BIGINT NOT NULL, 
	held_price BIGINT NOT NULL, 
	CONSTRAINT pk_model_use PRIMARY KEY (day, person)
);
CREATE TABLE health_check (
	service VARCHAR(63) NOT NULL, 
	name VARCHAR(63) NOT NULL, 
	status VARCHAR(9) NOT NULL, 
	since DATETIME NOT NULL, 
	judged BOOLEAN NOT NULL, 
	latest VARCHAR(9) NOT NULL, 
	why VARCHAR(400) NOT NULL, 
	at DATETIME NOT NULL, 
	took INTEGER NOT NULL, 
	streak INTEGER NOT NULL, 
	toward VARCHAR(9) NOT NULL, 
	falls JSON NOT NULL, 
	CONSTRAINT pk_health_check PRIMARY KEY (service, name)
);
CREATE TABLE health_service (
	service VARCHAR(63) NOT NULL, 
	status VARCHAR(9) NOT NULL, 
	since DATETIME NOT NULL, 
	spell VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_health_service PRIMARY KEY (service)
);
CREATE TABLE health_spell (
	id VARCHAR(24) NOT NULL, 
	service VARCHAR(63) NOT NULL, 
	began DATETIME NOT NULL, 
	ended DATETIME, 
	status VARCHAR(9) NOT NULL, 
	changes JSON NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_health_spell PRIMARY KEY (id)
);
CREATE INDEX ix_health_spell_service ON health_spell (service, began);
CREATE TABLE run_note (
	id VARCHAR(24) NOT NULL, 
	execution VARCHAR(24) NOT NULL, 
	step VARCHAR(80) NOT NULL, 
	runbook VARCHAR(64) NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	text TEXT NOT NULL, 
	people JSON NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_run_note PRIMARY KEY (id)
);
CREATE INDEX ix_run_note_execution ON run_note (execution);
CREATE TABLE run_question (
	id VARCHAR(24) NOT NULL, 
	execution VARCHAR(24) NOT NULL, 
	step VARCHAR(80) NOT NULL, 
	question JSON NOT NULL, 
	people JSON NOT NULL, 
	until DATETIME NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_run_question PRIMARY KEY (id)
);
CREATE INDEX ix_run_question_execution ON run_question (execution);
CREATE TABLE run_answer (
	question VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	at DATETIME NOT NULL, 
	"values" JSON NOT NULL, 
	CONSTRAINT pk_run_answer PRIMARY KEY (question, person), 
	CONSTRAINT fk_run_answer_question FOREIGN KEY(question) REFERENCES run_question (id)
);
CREATE TABLE runbook_draft (
	id VARCHAR(24) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	wish TEXT NOT NULL, 
	place JSON, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	book JSON NOT NULL, 
	problems JSON NOT NULL, 
	model VARCHAR(200) NOT NULL, 
	execution VARCHAR(24) NOT NULL, 
	saving VARCHAR(8) NOT NULL, 
	saved_by VARCHAR(64) NOT NULL, 
	file TEXT NOT NULL, 
	fence INTEGER NOT NULL, 
	until DATETIME, 
	CONSTRAINT pk_runbook_draft PRIMARY KEY (id), 
	CONSTRAINT uq_runbook_draft_key UNIQUE ("key")
);
CREATE INDEX ix_runbook_draft_by ON runbook_draft ("by");
CREATE INDEX ix_runbook_draft_state ON runbook_draft (state, saving);
CREATE INDEX ix_execution_runbook ON execution (runbook, created_at);
CREATE TABLE conversation (
	person VARCHAR(64) NOT NULL, 
	session VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	intent VARCHAR(64) NOT NULL, 
	said JSON NOT NULL, 
	CONSTRAINT pk_conversation PRIMARY KEY (person, session)
);
CREATE INDEX ix_conversation_at ON conversation (at);
CREATE TABLE runbook_wish (
	id VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	platform VARCHAR(32) NOT NULL, 
	channel VARCHAR(128) NOT NULL, 
	thread VARCHAR(128) NOT NULL, 
	place JSON NOT NULL, 
	at DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	runbook VARCHAR(64) NOT NULL, 
	candidates JSON NOT NULL, 
	params JSON NOT NULL, 
	said TEXT NOT NULL, 
	asked VARCHAR(64) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	execution VARCHAR(24) NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_runbook_wish PRIMARY KEY (id)
);
CREATE INDEX ix_runbook_wish_person ON runbook_wish (person, platform, channel, until);
CREATE TABLE run_rehearsal (
	id VARCHAR(24) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	"plan" JSON NOT NULL, 
	whom JSON NOT NULL, 
	request VARCHAR(24) NOT NULL, 
	texts JSON, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_run_rehearsal PRIMARY KEY (id)
);
CREATE INDEX ix_run_rehearsal_digest ON run_rehearsal (digest, created);
CREATE TABLE alert (
	id VARCHAR(24) NOT NULL, 
	source VARCHAR(80) NOT NULL, 
	fingerprint VARCHAR(128) NOT NULL, 
	"group" VARCHAR(24) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	labels JSON NOT NULL, 
	annotations JSON NOT NULL, 
	severity VARCHAR(300) NOT NULL, 
	service VARCHAR(64) NOT NULL, 
	url VARCHAR(1000) NOT NULL, 
	started DATETIME NOT NULL, 
	first DATETIME NOT NULL, 
	seen DATETIME NOT NULL, 
	ended DATETIME, 
	at DATETIME, 
	count INTEGER NOT NULL, 
	begun JSON NOT NULL, 
	flapping BOOLEAN NOT NULL, 
	muted VARCHAR(220) NOT NULL, 
	announced BOOLEAN NOT NULL, 
	episodes INTEGER NOT NULL, 
	told INTEGER NOT NULL, 
	told_over BOOLEAN NOT NULL, 
	told_flaps BOOLEAN NOT NULL, 
	CONSTRAINT pk_alert PRIMARY KEY (id)
);
CREATE INDEX ix_alert_group ON alert ("group", state);
CREATE INDEX ix_alert_muted ON alert (muted);
CREATE INDEX ix_alert_state ON alert (state, seen);
CREATE TABLE alert_delivery (
	"key" VARCHAR(120) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_alert_delivery PRIMARY KEY ("key")
);
CREATE INDEX ix_alert_delivery_at ON alert_delivery (at);
CREATE TABLE alert_group (
	id VARCHAR(24) NOT NULL, 
	source VARCHAR(80) NOT NULL, 
	"key" VARCHAR(2000) NOT NULL, 
	created DATETIME NOT NULL, 
	incident VARCHAR(24) NOT NULL, 
	grade INTEGER NOT NULL, 
	has_route BOOLEAN NOT NULL, 
	left_out INTEGER NOT NULL, 
	acknowledged DATETIME, 
	told DATETIME, 
	waiting BOOLEAN NOT NULL, 
	CONSTRAINT pk_alert_group PRIMARY KEY (id)
);
CREATE INDEX ix_alert_group_incident ON alert_group (incident);
CREATE TABLE silence (
	id VARCHAR(24) NOT NULL, 
	matchers JSON NOT NULL, 
	begins DATETIME NOT NULL, 
	ends DATETIME NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	by_name VARCHAR(128) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	incident VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_silence PRIMARY KEY (id)
);
CREATE INDEX ix_silence_ends ON silence (ends);
CREATE TABLE remedy_course (
	incident VARCHAR(24) NOT NULL, 
	held_by VARCHAR(64) NOT NULL, 
	held_name VARCHAR(128) NOT NULL, 
	held_why TEXT NOT NULL, 
	stopped TEXT NOT NULL, 
	CONSTRAINT pk_remedy_course PRIMARY KEY (incident), 
	CONSTRAINT fk_remedy_course_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE TABLE remedy_try (
	id VARCHAR(24) NOT NULL, 
	incident VARCHAR(24) NOT NULL, 
	service VARCHAR(64) NOT NULL, 
	runbook VARCHAR(64) NOT NULL, 
	execution VARCHAR(24) NOT NULL, 
	stage VARCHAR(16) NOT NULL, 
	begun DATETIME NOT NULL, 
	until DATETIME, 
	CONSTRAINT pk_remedy_try PRIMARY KEY (id), 
	CONSTRAINT fk_remedy_try_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE INDEX ix_remedy_try_begun ON remedy_try (begun);
CREATE INDEX ix_remedy_try_execution ON remedy_try (execution);
CREATE INDEX ix_remedy_try_incident ON remedy_try (incident);
CREATE TABLE memory (
	id INTEGER NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	tier VARCHAR(8) NOT NULL, 
	place VARCHAR(200) NOT NULL, 
	direct BOOLEAN NOT NULL, 
	session VARCHAR(255) NOT NULL, 
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	tokens INTEGER NOT NULL, 
	terms INTEGER NOT NULL, 
	folded BOOLEAN NOT NULL, 
	model VARCHAR(96) NOT NULL, 
	CONSTRAINT pk_memory PRIMARY KEY (id)
);
CREATE INDEX ix_memory_person ON memory (person, at);
CREATE INDEX ix_memory_place ON memory (place);
CREATE INDEX ix_memory_session ON memory (session, number);
CREATE INDEX ix_memory_tier ON memory (tier, at);
CREATE VIRTUAL TABLE memory_words USING fts5(words, tokenize="unicode61 remove_diacritics 0 tokenchars '_.:'");
CREATE TABLE inquiry (
	id VARCHAR(24) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	question TEXT NOT NULL, 
	same VARCHAR(64) NOT NULL, 
	hint TEXT NOT NULL, 
	place JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	words TEXT NOT NULL, 
	looked JSON NOT NULL, 
	offers JSON NOT NULL, 
	doubts JSON NOT NULL, 
	problem TEXT NOT NULL, 
	model VARCHAR(200) NOT NULL, 
	answered_at DATETIME, 
	fence INTEGER NOT NULL, 
	until DATETIME, 
	CONSTRAINT pk_inquiry PRIMARY KEY (id), 
	CONSTRAINT uq_inquiry_key UNIQUE ("key")
);
CREATE INDEX ix_inquiry_created_at ON inquiry (created_at);
CREATE INDEX ix_inquiry_same ON inquiry ("by", same, answered_at);
CREATE INDEX ix_inquiry_state ON inquiry (state, until);
CREATE TABLE incident_hypothesis (
	incident VARCHAR(24) NOT NULL, 
	"key" VARCHAR(80) NOT NULL, 
	text TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	weight INTEGER NOT NULL, 
	verdict VARCHAR(12) NOT NULL, 
	"by" VARCHAR(128) NOT NULL, 
	why TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_incident_hypothesis PRIMARY KEY (incident, "key"), 
	CONSTRAINT fk_incident_hypothesis_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE TABLE oncall_calendar (
	feed VARCHAR(24) NOT NULL, 
	good DATETIME, 
	tried DATETIME, 
	failures INTEGER NOT NULL, 
	error VARCHAR(400) NOT NULL, 
	unknown JSON NOT NULL, 
	people VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_oncall_calendar PRIMARY KEY (feed)
);
CREATE TABLE oncall_spell (
	id INTEGER NOT NULL, 
	feed VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	begins DATETIME NOT NULL, 
	ends DATETIME NOT NULL, 
	CONSTRAINT pk_oncall_spell PRIMARY KEY (id)
);
CREATE INDEX ix_oncall_spell_ends ON oncall_spell (feed, ends);
CREATE TABLE incident_room (
	incident VARCHAR(24) NOT NULL, 
	platform VARCHAR(16) NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	place JSON, 
	name VARCHAR(100) NOT NULL, 
	url VARCHAR(400) NOT NULL, 
	why VARCHAR(400) NOT NULL, 
	CONSTRAINT pk_incident_room PRIMARY KEY (incident, platform), 
	CONSTRAINT fk_incident_room_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE INDEX ix_incident_room_channel ON incident_room (platform, channel);
CREATE TABLE habit (
	id INTEGER NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	"key" VARCHAR(120) NOT NULL, 
	value VARCHAR(200) NOT NULL, 
	count INTEGER NOT NULL, 
	hours JSON NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_habit PRIMARY KEY (id), 
	CONSTRAINT uq_habit_person_kind_key_value UNIQUE (person, kind, "key", value)
);
CREATE INDEX ix_habit_at ON habit (at);
CREATE TABLE incident_pace (
	incident VARCHAR(24) NOT NULL, 
	due DATETIME, 
	since DATETIME, 
	off BOOLEAN NOT NULL, 
	"by" VARCHAR(128) NOT NULL, late DATETIME, 
	CONSTRAINT pk_incident_pace PRIMARY KEY (incident), 
	CONSTRAINT fk_incident_pace_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE TABLE incident_review (
	incident VARCHAR(24) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	owner_name VARCHAR(128) NOT NULL, 
	due DATETIME, 
	done DATETIME, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_incident_review PRIMARY KEY (incident), 
	CONSTRAINT fk_incident_review_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE TABLE incident_review_version (
	incident VARCHAR(24) NOT NULL, 
	version INTEGER NOT NULL, 
	sections JSON NOT NULL, 
	at DATETIME NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	by_name VARCHAR(128) NOT NULL, 
	CONSTRAINT pk_incident_review_version PRIMARY KEY (incident, version), 
	CONSTRAINT fk_incident_review_version_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE TABLE page (
	id VARCHAR(24) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	urgency VARCHAR(8) NOT NULL, 
	origin VARCHAR(16) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	incident VARCHAR(24) NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	by_name VARCHAR(128) NOT NULL, 
	"plan" JSON NOT NULL, 
	round INTEGER, 
	step INTEGER, 
	due DATETIME, 
	created DATETIME NOT NULL, 
	spell INTEGER NOT NULL, 
	began DATETIME NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	owner_name VARCHAR(128) NOT NULL, 
	taken DATETIME, 
	offered VARCHAR(64) NOT NULL, 
	unanswered DATETIME, 
	ended DATETIME, 
	version INTEGER NOT NULL, source VARCHAR(200) DEFAULT '' NOT NULL, quiet_by VARCHAR(240) DEFAULT '' NOT NULL, quiet_until DATETIME, "instead" JSON DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_page PRIMARY KEY (id)
);
CREATE INDEX ix_page_incident ON page (incident);
CREATE INDEX ix_page_state ON page (state, created);
CREATE TABLE page_contact (
	person VARCHAR(64) NOT NULL, 
	high VARCHAR(200) NOT NULL, 
	low VARCHAR(200) NOT NULL, 
	quiet VARCHAR(80) NOT NULL, 
	changed DATETIME NOT NULL, 
	CONSTRAINT pk_page_contact PRIMARY KEY (person)
);
CREATE TABLE page_called (
	id VARCHAR(24) NOT NULL, 
	page VARCHAR(24) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	spell INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	rungs JSON NOT NULL, 
	rung INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	starts DATETIME NOT NULL, 
	CONSTRAINT pk_page_called PRIMARY KEY (id), 
	CONSTRAINT fk_page_called_page FOREIGN KEY(page) REFERENCES page (id), 
	CONSTRAINT uq_page_called_page_spell_round_step_person UNIQUE (page, spell, round, step, person)
);
CREATE INDEX ix_page_called_person ON page_called (person, at);
CREATE TABLE incident_link (
	incident VARCHAR(24) NOT NULL, 
	"to" VARCHAR(500) NOT NULL, 
	sort VARCHAR(10) NOT NULL, 
	"by" VARCHAR(128) NOT NULL, 
	note VARCHAR(300) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_incident_link PRIMARY KEY (incident, "to"), 
	CONSTRAINT fk_incident_link_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE TABLE incident_task (
	incident VARCHAR(24) NOT NULL, 
	number INTEGER NOT NULL, 
	text VARCHAR(400) NOT NULL, 
	"by" VARCHAR(128) NOT NULL, 
	created DATETIME NOT NULL, 
	assignee VARCHAR(64) NOT NULL, 
	assignee_name VARCHAR(128) NOT NULL, 
	due DATETIME, 
	done DATETIME, 
	done_by VARCHAR(128) NOT NULL, 
	CONSTRAINT pk_incident_task PRIMARY KEY (incident, number), 
	CONSTRAINT fk_incident_task_incident FOREIGN KEY(incident) REFERENCES incident (id)
);
CREATE TABLE heartbeat (
	name VARCHAR(64) NOT NULL, 
	since DATETIME NOT NULL, 
	last DATETIME, 
	count BIGINT NOT NULL, 
	missed DATETIME, 
	CONSTRAINT pk_heartbeat PRIMARY KEY (name)
);
CREATE TABLE memory_vector (
	id BIGINT NOT NULL, 
	model VARCHAR(96) NOT NULL, 
	vector BLOB NOT NULL, 
	CONSTRAINT pk_memory_vector PRIMARY KEY (id)
);
CREATE INDEX ix_page_source ON page (source);
CREATE TABLE alert_tally (
	hour DATETIME NOT NULL, 
	acted BOOLEAN NOT NULL, 
	alerts INTEGER NOT NULL, 
	CONSTRAINT pk_alert_tally PRIMARY KEY (hour, acted)
);
CREATE TABLE deployment (
	id VARCHAR(24) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	service VARCHAR(64) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	environment VARCHAR(64) NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	at DATETIME NOT NULL, 
	"by" VARCHAR(200) NOT NULL, 
	via VARCHAR(200) NOT NULL, 
	url VARCHAR(1000) NOT NULL, 
	CONSTRAINT pk_deployment PRIMARY KEY (id), 
	CONSTRAINT uq_deployment_key UNIQUE ("key")
);
CREATE INDEX ix_deployment_at ON deployment (at);
CREATE INDEX ix_deployment_service ON deployment (service, at);
CREATE TABLE oncall_swap (
	id VARCHAR(24) NOT NULL, 
	schedule VARCHAR(64) NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	other VARCHAR(64) NOT NULL, 
	gives_begins DATETIME NOT NULL, 
	gives_ends DATETIME NOT NULL, 
	takes_begins DATETIME NOT NULL, 
	takes_ends DATETIME NOT NULL, 
	reason TEXT NOT NULL, 
	place JSON NOT NULL, 
	created DATETIME NOT NULL, 
	due DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	closed DATETIME, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_oncall_swap PRIMARY KEY (id)
);
CREATE INDEX ix_oncall_swap_state ON oncall_swap (state, schedule);
CREATE INDEX ix_notice_person ON notice (person, created);
CREATE INDEX ix_event_actor ON event (actor, seq) WHERE actor <> 'system';
INSERT INTO alembic_version VALUES ('0046')
