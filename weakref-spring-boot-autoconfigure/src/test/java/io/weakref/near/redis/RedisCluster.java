package io.weakref.near.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.weakref.GarbageCollection;

/**
 * A cluster of three masters, the first of which has a replica.
 */
final class RedisCluster implements AutoCloseable {

	private final List<RedisServer> nodes = new ArrayList<>();

	private final List<String> identifiers = new ArrayList<>();

	private RedisCluster() {
		for (int i = 0; i < 4; i++) {
			RedisServer node = RedisServer.start("--cluster-enabled", "yes", "--cluster-node-timeout", "1000",
					"--cluster-config-file", "nodes.conf", "--cluster-replica-validity-factor", "0");
			this.nodes.add(node);
			this.identifiers.add(node.with(RedisCommands::clusterMyId));
		}
		for (int i = 0; i < 3; i++) {
			int from = SlotHash.SLOT_COUNT * i / 3;
			int to = SlotHash.SLOT_COUNT * (i + 1) / 3;
			this.nodes.get(i).with((commands) -> commands.clusterAddSlots(IntStream.range(from, to).toArray()));
		}
		this.nodes.get(0).with((commands) -> {
			this.nodes.forEach((node) -> commands.clusterMeet("127.0.0.1", node.port()));
			return null;
		});
		RedisServer replica = this.nodes.get(3);
		GarbageCollection.await(() -> this.nodes.stream().allMatch((node) -> knows(node, 4)));
		replica.with((commands) -> commands.clusterReplicate(this.identifiers.get(0)));
		GarbageCollection.await(() -> this.nodes.stream().allMatch(RedisCluster::isFine)
				&& replica.with((commands) -> commands.info("replication")).contains("master_link_status:up"));
	}

	static RedisCluster start() {
		return new RedisCluster();
	}

	/** Return a node: 0 to 2 are the masters, 3 is the replica of the first. */
	RedisServer node(int index) {
		return this.nodes.get(index);
	}

	String identifier(int index) {
		return this.identifiers.get(index);
	}

	/** Return the properties of an application that uses the cluster. */
	List<String> properties() {
		return List.of("spring.data.redis.cluster.nodes="
				+ this.nodes.stream().map((node) -> "127.0.0.1:" + node.port()).collect(Collectors.joining(",")),
				"spring.data.redis.lettuce.cluster.refresh.adaptive=true",
				"spring.data.redis.lettuce.cluster.refresh.period=500ms");
	}

	/** Return the index of the master that a key belonged to at the start. */
	int masterOf(String key) {
		int slot = SlotHash.getSlot(key);
		return IntStream.range(0, 3).filter((i) -> slot < SlotHash.SLOT_COUNT * (i + 1) / 3).findFirst().orElseThrow();
	}

	/** Move the slot of a key from one master to another, as a rebalancing does. */
	void move(String key, int from, int to) {
		begin(key, from, to);
		finish(key, from, to);
	}

	/**
	 * Begin to move a slot: its keys are moved, but the slot still belongs to the old
	 * master.
	 */
	void begin(String key, int from, int to) {
		int slot = SlotHash.getSlot(key);
		node(to).with((commands) -> commands.clusterSetSlotImporting(slot, identifier(from)));
		node(from).with((commands) -> commands.clusterSetSlotMigrating(slot, identifier(to)));
		node(from).with((commands) -> {
			commands.clusterGetKeysInSlot(slot, 1000)
				.forEach((moved) -> commands.migrate("127.0.0.1", node(to).port(), moved, 0, 5000));
			return null;
		});
	}

	/** End the move of a slot. */
	void finish(String key, int from, int to) {
		int slot = SlotHash.getSlot(key);
		node(to).with((commands) -> commands.clusterSetSlotNode(slot, identifier(to)));
		node(from).with((commands) -> commands.clusterSetSlotNode(slot, identifier(to)));
	}

	@Override
	public void close() {
		this.nodes.forEach(RedisServer::close);
	}

	private static boolean knows(RedisServer node, int count) {
		return node.with(RedisCommands::clusterNodes)
			.lines()
			.filter((line) -> line.contains(" connected"))
			.count() == count;
	}

	private static boolean isFine(RedisServer node) {
		return node.with(RedisCommands::clusterInfo).contains("cluster_state:ok");
	}

}
