package io.weakref.near.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.lettuce.core.KillArgs;
import io.weakref.GarbageCollection;
import io.weakref.near.NearCache;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A near cache over a Redis Cluster whose masters fail and whose slots move.
 */
@RequiresRedis
@Tag("slow")
class ClusterTests {

	private static final int KEYS = 30;

	@Test
	void everyMasterReportsChangesOfItsKeys() {
		try (RedisCluster cluster = RedisCluster.start();
				NearApplication application = start(cluster);
				NearApplication other = start(cluster)) {
			NearCache cache = application.trustedCache("customers");
			NearCache there = other.trustedCache("customers");
			Map<String, Customer> held = fill(there, cache, "Ada");
			fillAgain(there, "Grace");
			awaitNames(cache, "Grace");
			assertThat(held.values()).allSatisfy((customer) -> assertThat(customer.name()).isEqualTo("Ada"));
			there.clear();
			GarbageCollection.await(() -> held.keySet().stream().allMatch((key) -> cache.get(key) == null));
		}
	}

	@Test
	void keysOfOtherMastersStayTrustedWhileOneReconnects() {
		try (RedisCluster cluster = RedisCluster.start();
				NearApplication application = start(cluster, "weakref.near-cache.max-staleness=20s")) {
			NearCache cache = application.trustedCache("customers");
			Map<String, Customer> held = fill(cache, cache, "Ada");
			long before = cache.getNativeCache().size();
			cluster.node(1).with((commands) -> commands.clientKill(KillArgs.Builder.typeNormal()));
			GarbageCollection.await(() -> cache.getNativeCache().size() < before);
			application.awaitTrust();
			held.forEach((key, customer) -> {
				boolean kept = cluster.masterOf("customers::" + key) != 1;
				long first = cache.stats().first();
				assertThat(Customer.get(cache, key)).isSameAs(customer);
				assertThat(cache.stats().first() > first).as(key).isEqualTo(kept);
			});
		}
	}

	@Test
	void replicaThatTakesOverIsTrustedAndReportsChanges() {
		try (RedisCluster cluster = RedisCluster.start();
				NearApplication application = start(cluster);
				NearApplication other = start(cluster)) {
			NearCache cache = application.trustedCache("customers");
			NearCache there = other.trustedCache("customers");
			Map<String, Customer> held = fill(there, cache, "Ada");
			cluster.node(3).with((commands) -> commands.clusterFailover(false));
			awaitMaster(cluster, 3);
			awaitKeysOfNewMaster(cache, cluster, held);
			fillAgain(there, "Grace");
			awaitNames(cache, "Grace");
		}
	}

	@Test
	void replicaOfAKilledMasterIsTrustedAndReportsChanges() {
		try (RedisCluster cluster = RedisCluster.start();
				NearApplication application = start(cluster);
				NearApplication other = start(cluster)) {
			NearCache cache = application.trustedCache("customers");
			NearCache there = other.trustedCache("customers");
			Map<String, Customer> held = fill(there, cache, "Ada");
			cluster.node(0).kill();
			application.awaitDistrust();
			awaitMaster(cluster, 3);
			awaitKeysOfNewMaster(cache, cluster, held);
			// The master that failed owns no slots any more.
			application.awaitTrust();
			fillAgain(there, "Grace");
			awaitNames(cache, "Grace");
		}
	}

	@Test
	void movedSlotIsTrustedAtItsNewMasterButNotWhileItMoves() {
		try (RedisCluster cluster = RedisCluster.start(); NearApplication application = start(cluster)) {
			NearCache cache = application.trustedCache("customers");
			cache.put("1", new Customer("Ada"));
			Customer used = Customer.hold(cache, "1");
			String key = "customers::1";
			int from = cluster.masterOf(key);
			int to = (from == 2) ? 1 : 2;
			cluster.begin(key, from, to);
			application.awaitDistrust();
			assertThat(application.invalidation().trust().reason())
				.isEqualTo("No master of the Redis Cluster claims 1 of the slots");
			assertThat(Customer.get(cache, "1")).isSameAs(used);
			cluster.finish(key, from, to);
			application.awaitTrust();
			assertThat(Customer.hold(cache, "1")).isSameAs(used);
			cluster.node(to).with((commands) -> commands.del(key));
			GarbageCollection.await(() -> cache.get("1") == null);
		}
	}

	@Test
	void onlyTheKeysOfAFrozenMasterAreNotTrusted() {
		try (RedisCluster cluster = RedisCluster.start(); NearApplication application = start(cluster)) {
			NearCache cache = application.trustedCache("customers");
			Map<String, Customer> held = fill(cache, cache, "Ada");
			cluster.node(2).freeze();
			try {
				application.awaitDistrust();
				held.forEach((key, customer) -> {
					if (cluster.masterOf("customers::" + key) != 2) {
						long first = cache.stats().first();
						assertThat(Customer.get(cache, key)).isSameAs(customer);
						assertThat(cache.stats().first()).isEqualTo(first + 1);
					}
				});
			}
			finally {
				cluster.node(2).thaw();
			}
			application.awaitTrust();
			held.forEach((key, customer) -> assertThat(Customer.hold(cache, key)).isSameAs(customer));
		}
	}

	private static NearApplication start(RedisCluster cluster, String... properties) {
		List<String> all = new ArrayList<>(cluster.properties());
		all.addAll(List.of(properties));
		NearApplication application = NearApplication.start(all, NearApplication.Defaults.class);
		application.awaitTrust();
		return application;
	}

	/** Put values into one cache, and return the instances that another cache returns. */
	private static Map<String, Customer> fill(NearCache writer, NearCache reader, String name) {
		Map<String, Customer> held = new HashMap<>();
		long pushed = reader.stats().pushed();
		fillAgain(writer, name);
		GarbageCollection.await(() -> reader.stats().pushed() >= pushed + KEYS);
		for (int i = 0; i < KEYS; i++) {
			held.put("k" + i, Customer.hold(reader, "k" + i));
		}
		return held;
	}

	/** Put values, while masters may still be settling. */
	private static void fillAgain(NearCache writer, String name) {
		for (int i = 0; i < KEYS; i++) {
			String key = "k" + i;
			GarbageCollection.await(() -> {
				try {
					writer.put(key, new Customer(name));
					return true;
				}
				catch (DataAccessException ex) {
					return false;
				}
			});
		}
	}

	private static void awaitNames(NearCache cache, String name) {
		for (int i = 0; i < KEYS; i++) {
			String key = "k" + i;
			GarbageCollection.await(() -> name.equals(nameOf(cache, key)));
		}
		for (int i = 0; i < KEYS; i++) {
			assertThat(nameOf(cache, "k" + i)).isEqualTo(name);
		}
	}

	private static @Nullable String nameOf(NearCache cache, String key) {
		try {
			ValueWrapper wrapper = cache.get(key);
			return (wrapper != null) ? ((Customer) Objects.requireNonNull(wrapper.get())).name() : null;
		}
		catch (DataAccessException ex) {
			return null;
		}
	}

	/** Wait until the keys that the first master had are found without asking Redis. */
	private static void awaitKeysOfNewMaster(NearCache cache, RedisCluster cluster, Map<String, Customer> held) {
		held.forEach((key, customer) -> {
			if (cluster.masterOf("customers::" + key) == 0) {
				GarbageCollection.await(() -> {
					nameOf(cache, key);
					long first = cache.stats().first();
					nameOf(cache, key);
					return cache.stats().first() > first;
				});
				assertThat(Customer.get(cache, key)).isSameAs(customer);
			}
		});
	}

	private static void awaitMaster(RedisCluster cluster, int node) {
		GarbageCollection
			.await(() -> cluster.node(node).with((commands) -> commands.info("replication")).contains("role:master"));
	}

}
