package io.weakref.near.redis;

import java.util.List;

import io.weakref.GarbageCollection;
import io.weakref.near.NearCache;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A near cache whose server is the current master according to Sentinel.
 */
@RequiresRedis
@Tag("slow")
class SentinelTests {

	@Test
	void newMasterIsTrustedAfterAFailover() {
		try (RedisServer master = RedisServer.start();
				RedisServer replica = replicaOf(master);
				RedisServer sentinel = RedisServer.sentinel("main", master);
				NearApplication application = start(sentinel);
				NearApplication other = start(sentinel)) {
			NearCache cache = application.trustedCache("customers");
			other.trustedCache("customers").put("1", new Customer("Ada"));
			Customer used = Customer.hold(cache, "1");
			awaitReplicated(replica, "customers::1");
			awaitReplicaKnown(sentinel);
			master.kill();
			application.awaitDistrust();
			GarbageCollection.await(() -> portOfMaster(sentinel) == replica.port());
			application.awaitTrust();
			GarbageCollection.await(() -> {
				try {
					return Customer.get(cache, "1") == used;
				}
				catch (DataAccessException ex) {
					return false;
				}
			});
			assertThat(Customer.hold(cache, "1")).isSameAs(used);
			replica.with((commands) -> commands.del("customers::1"));
			GarbageCollection.await(() -> cache.get("1") == null);
		}
	}

	@Test
	void frozenMasterIsReplacedByTheNewOne() {
		try (RedisServer master = RedisServer.start();
				RedisServer replica = replicaOf(master);
				RedisServer sentinel = RedisServer.sentinel("main", master);
				NearApplication application = start(sentinel)) {
			NearCache cache = application.trustedCache("customers");
			awaitReplicaKnown(sentinel);
			master.freeze();
			application.awaitDistrust();
			GarbageCollection.await(() -> portOfMaster(sentinel) == replica.port());
			application.awaitTrust();
			long pushed = cache.stats().pushed();
			replica.with((commands) -> commands.set("customers::1", "changed"));
			GarbageCollection.await(() -> cache.stats().pushed() > pushed);
		}
	}

	private static RedisServer replicaOf(RedisServer master) {
		RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1", String.valueOf(master.port()));
		GarbageCollection
			.await(() -> replica.with((commands) -> commands.info("replication")).contains("master_link_status:up"));
		return replica;
	}

	private static NearApplication start(RedisServer sentinel) {
		NearApplication application = NearApplication.start(
				List.of("spring.data.redis.sentinel.master=main",
						"spring.data.redis.sentinel.nodes=127.0.0.1:" + sentinel.port()),
				NearApplication.Defaults.class);
		application.awaitTrust();
		return application;
	}

	private static void awaitReplicated(RedisServer replica, String key) {
		GarbageCollection.await(() -> replica.with((commands) -> commands.exists(key)) == 1);
	}

	private static void awaitReplicaKnown(RedisServer sentinel) {
		GarbageCollection.await(() -> sentinelInfo(sentinel).contains("slaves=1"));
	}

	private static String sentinelInfo(RedisServer sentinel) {
		return sentinel.with((commands) -> commands.info("sentinel"));
	}

	private static int portOfMaster(RedisServer sentinel) {
		return Integer.parseInt(sentinelInfo(sentinel).replaceAll("(?s).*address=127.0.0.1:(\\d+),.*", "$1"));
	}

}
