package io.weakref.near.redis;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.weakref.near.NearKey;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A Redis Cluster: each master answers for the keys of its slots.
 * <p>
 * With every answer to a heartbeat a master reports the slots that it owns and the
 * masters that it knows. A slot belongs to the master that claims it with the newest
 * epoch. A slot that is being moved, or that no master or two masters claim, belongs to
 * no master and is not trusted. When a slot moves to another master it first belongs to
 * none, then its keys are flushed, then it belongs to the new master, which is trusted
 * once it watches the keys. So a master that has lost a slot but still answers is trusted
 * for at most one heartbeat more.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Lettuce logs failures
final class ClusterTopology implements Topology {

	private final Tracking tracking;

	private final LettuceConnectionFactory connectionFactory;

	/** Connects to single nodes; created when nodes are first found. */
	private @Nullable RedisClient client;

	/** How to connect to any node, apart from its address. */
	private @Nullable RedisURI seed;

	/** The masters by identifier; replaced as a whole. */
	private volatile Map<String, TrackedServer> masters = Map.of();

	/** The master of each slot; replaced as a whole. */
	private volatile @Nullable TrackedServer[] bySlot = new TrackedServer[SlotHash.SLOT_COUNT];

	/** The masters that own slots, so not one that failed and was replaced. */
	private volatile Set<TrackedServer> responsible = Set.of();

	/** Whether a search for nodes is in progress. */
	private boolean looking;

	private volatile @Nullable String gap = "The nodes of the Redis Cluster are not known yet";

	ClusterTopology(Tracking tracking, LettuceConnectionFactory connectionFactory) {
		this.tracking = tracking;
		this.connectionFactory = connectionFactory;
	}

	@Override
	public @Nullable TrackedServer serverOf(NearKey key) {
		return this.bySlot[SlotHash.getSlot(key.bytes())];
	}

	@Override
	public Predicate<NearKey> keysOf(TrackedServer server) {
		TrackedServer[] owners = this.bySlot;
		return (key) -> owners[SlotHash.getSlot(key.bytes())] == server;
	}

	@Override
	public @Nullable String gap() {
		return this.gap;
	}

	@Override
	public Collection<TrackedServer> responsible() {
		return this.responsible;
	}

	@Override
	public Collection<TrackedServer> servers() {
		return this.masters.values();
	}

	@Override
	public void start() {
		look();
	}

	@Override
	public void beat() {
		if (this.masters.values().stream().noneMatch(ClusterTopology::isOpen)) {
			look();
		}
	}

	@Override
	public RedisFuture<String> ask(TrackingSession session) {
		return session.connection().async().clusterNodes();
	}

	@Override
	public boolean isPlain(String answer) {
		return false;
	}

	@Override
	public void answered(TrackingSession session, String answer) {
		TrackedServer server = session.server();
		if (session.isClosed() || !this.masters.containsValue(server)) {
			return;
		}
		BitSet slots = new BitSet();
		long epoch = -1;
		Map<String, RedisURI> known = new HashMap<>();
		Set<String> identifiers = new HashSet<>();
		for (RedisClusterNode node : ClusterPartitionParser.parse(answer)) {
			boolean master = node.is(NodeFlag.UPSTREAM);
			if (node.is(NodeFlag.MYSELF)) {
				epoch = node.getConfigEpoch();
				if (master) {
					node.forEachSlot(slots::set);
				}
			}
			if (master && !node.is(NodeFlag.HANDSHAKE) && !node.is(NodeFlag.NOADDR)) {
				identifiers.add(node.getNodeId());
				// A node that has not learned its own address yet reports none.
				if (node.getUri() != null) {
					known.put(node.getNodeId(), node.getUri());
				}
			}
		}
		moving(answer).forEach(slots::clear);
		server.slots = slots;
		server.epoch = epoch;
		server.masters = Set.copyOf(identifiers);
		found(known);
		assign();
	}

	@Override
	public void close() {
		RedisClient current = this.client;
		if (current != null) {
			current.shutdownAsync();
		}
	}

	/**
	 * Ask the application's client for the nodes, on another thread as it may take long.
	 */
	private void look() {
		if (this.looking) {
			return;
		}
		this.looking = true;
		this.tracking.thread(() -> {
			Map<String, RedisURI> nodes = new HashMap<>();
			RedisClusterClient cluster = null;
			try {
				cluster = (RedisClusterClient) this.connectionFactory.getRequiredNativeClient();
				cluster.refreshPartitions();
				for (RedisClusterNode node : cluster.getPartitions()) {
					if (node.is(NodeFlag.UPSTREAM)) {
						nodes.put(node.getNodeId(), node.getUri());
					}
				}
			}
			catch (Throwable ex) {
				this.gap = "The nodes of the Redis Cluster cannot be found: " + ex.getMessage();
			}
			RedisClusterClient found = cluster;
			this.tracking.onThread(() -> {
				this.looking = false;
				if (found != null && !nodes.isEmpty()) {
					connectAs(found, nodes.values().iterator().next());
					found(nodes);
				}
				else {
					this.tracking.failed();
				}
			});
		}, "weakref-near-connect").start();
	}

	/** Create a client with the settings of the application's client. */
	private void connectAs(RedisClusterClient cluster, RedisURI node) {
		if (this.client == null) {
			RedisClient created = RedisClient.create(cluster.getResources());
			created.setOptions(
					cluster.getOptions().mutate().autoReconnect(false).protocolVersion(ProtocolVersion.RESP3).build());
			this.client = created;
			this.seed = node;
		}
	}

	/**
	 * Track the masters that were found, and stop tracking those that no master knows.
	 */
	private void found(Map<String, RedisURI> nodes) {
		Map<String, TrackedServer> now = new HashMap<>(this.masters);
		nodes.forEach((id, uri) -> now.computeIfAbsent(id, (absent) -> server(uri)));
		Set<String> known = new HashSet<>(nodes.keySet());
		this.masters.values()
			.stream()
			.filter(ClusterTopology::isOpen)
			.forEach((server) -> known.addAll(server.masters));
		List<TrackedServer> gone = now.entrySet()
			.stream()
			.filter((entry) -> !known.contains(entry.getKey()))
			.map(Map.Entry::getValue)
			.toList();
		now.keySet().retainAll(known);
		this.masters = Map.copyOf(now);
		gone.forEach((server) -> {
			TrackingSession session = server.session();
			if (session != null) {
				session.close();
			}
		});
		this.masters.values().forEach(this.tracking::connect);
		if (!gone.isEmpty()) {
			assign();
		}
	}

	private TrackedServer server(RedisURI uri) {
		RedisURI address = RedisURI.builder((this.seed != null) ? this.seed : uri)
			.withHost(uri.getHost())
			.withPort(uri.getPort())
			.build();
		RedisClient connecting = this.client;
		if (connecting == null) {
			throw new IllegalStateException("No node has been found yet");
		}
		return new TrackedServer("The Redis node %s:%d".formatted(uri.getHost(), uri.getPort()),
				() -> connecting.connect(ByteArrayCodec.INSTANCE, address));
	}

	/** Give each slot to the master that claims it. */
	private void assign() {
		TrackedServer[] owners = new TrackedServer[SlotHash.SLOT_COUNT];
		BitSet disputed = new BitSet();
		for (TrackedServer server : this.masters.values()) {
			server.slots.stream().forEach((slot) -> {
				TrackedServer other = owners[slot];
				if (other == null || server.epoch > other.epoch) {
					owners[slot] = server;
					disputed.clear(slot);
				}
				else if (server.epoch == other.epoch) {
					disputed.set(slot);
				}
			});
		}
		disputed.stream().forEach((slot) -> owners[slot] = null);
		TrackedServer[] before = this.bySlot;
		BitSet changed = new BitSet();
		for (int slot = 0; slot < owners.length; slot++) {
			if (owners[slot] != before[slot]) {
				changed.set(slot);
			}
		}
		if (!changed.isEmpty()) {
			TrackedServer[] between = Arrays.copyOf(before, before.length);
			changed.stream().forEach((slot) -> between[slot] = null);
			this.bySlot = between;
			this.tracking.flush(this.tracking.subscriptions(), (key) -> changed.get(SlotHash.getSlot(key.bytes())));
			this.bySlot = owners;
		}
		Set<TrackedServer> claiming = new HashSet<>(Arrays.asList(owners));
		claiming.remove(null);
		this.responsible = Set.copyOf(claiming);
		long missing = Arrays.stream(owners).filter((owner) -> owner == null).count();
		this.gap = (missing != 0) ? "No master of the Redis Cluster claims %d of the slots".formatted(missing) : null;
	}

	/**
	 * Return the slots of the answering node that are being moved. The parser ignores
	 * them.
	 */
	private static List<Integer> moving(String answer) {
		return answer.lines()
			.filter((line) -> line.contains("myself"))
			.flatMap((line) -> Arrays.stream(line.split(" ")))
			.filter((word) -> word.startsWith("["))
			.map((word) -> Integer.valueOf(word.substring(1, word.indexOf('-'))))
			.toList();
	}

	private static boolean isOpen(TrackedServer server) {
		TrackingSession session = server.session();
		return session != null && !session.isClosed();
	}

}
