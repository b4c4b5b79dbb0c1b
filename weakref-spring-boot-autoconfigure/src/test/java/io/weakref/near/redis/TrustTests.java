package io.weakref.near.redis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KillArgs;
import io.lettuce.core.protocol.ProtocolVersion;
import io.weakref.GarbageCollection;
import io.weakref.near.NearCache;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests when a near cache is trusted and when not, with real servers that go away, freeze
 * and refuse.
 */
@RequiresRedis
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class TrustTests {

	private static final String[] PATIENT = { "weakref.near-cache.heartbeat=1s",
			"weakref.near-cache.max-staleness=20s" };

	@Test
	void killedConnectionIsReplacedAndMissedChangesAreSeen() {
		try (RedisServer server = RedisServer.start(); NearApplication application = NearApplication.trusted(server)) {
			NearCache cache = application.trustedCache("customers");
			Customer used = Customer.putAndHold(cache, "1", "Ada");
			Customer other = Customer.putAndHold(cache, "2", "Grace");
			server.with((commands) -> {
				// In one transaction, so that the change is reported to no client.
				commands.multi();
				commands.clientKill(KillArgs.Builder.typeNormal());
				commands.rename("customers::2", "customers::1");
				return commands.exec();
			});
			GarbageCollection.await(() -> cache.get("2") == null);
			application.awaitTrust();
			assertThat(Customer.get(cache, "1").name()).isEqualTo("Grace");
			assertThat(used.name()).isEqualTo("Ada");
			assertThat(other.name()).isEqualTo("Grace");
		}
	}

	@Test
	void instanceInUseSurvivesAReconnect() {
		try (RedisServer server = RedisServer.start(); NearApplication application = NearApplication.trusted(server)) {
			NearCache cache = application.trustedCache("customers");
			Customer used = Customer.putAndHold(cache, "1", "Ada");
			long flushed = cache.stats().flushed();
			server.with((commands) -> commands.clientKill(KillArgs.Builder.typeNormal()));
			GarbageCollection.await(() -> cache.stats().flushed() > flushed);
			assertThat(Customer.get(cache, "1")).isSameAs(used);
			assertThat(Customer.putAndHold(cache, "1", "Ada")).isSameAs(used);
		}
	}

	@Test
	void frozenServerIsNotTrustedUntilItAnswersAgainOnTheSameConnection() {
		try (RedisServer server = RedisServer.start();
				NearApplication application = NearApplication.trusted(server, "weakref.near-cache.max-staleness=1s")) {
			NearCache cache = application.trustedCache("customers");
			Customer used = Customer.putAndHold(cache, "1", "Ada");
			List<String> connections = trackingConnections(server);
			assertThat(connections).hasSize(1);
			long flushed = cache.stats().flushed();
			server.freeze();
			try {
				application.awaitDistrust();
				assertThat(application.invalidation().trust().reason())
					.isEqualTo("Redis has not answered for longer than 1s");
			}
			finally {
				server.thaw();
			}
			application.awaitTrust();
			assertThat(cache.stats().flushed()).isGreaterThan(flushed);
			assertThat(trackingConnections(server)).isEqualTo(connections);
			assertThat(Customer.get(cache, "1")).isSameAs(used);
		}
	}

	@Test
	void serverThatIsFrozenForLongIsReconnectedTo() {
		try (RedisServer server = RedisServer.start(); NearApplication application = NearApplication.trusted(server)) {
			application.trustedCache("customers");
			List<String> connections = trackingConnections(server);
			server.freeze();
			try {
				GarbageCollection.await(() -> application.invalidation().trust().reason().contains("longer than 1s")
						|| application.invalidation().trust().reason().contains("cannot be connected to"));
			}
			finally {
				server.thaw();
			}
			application.awaitTrust();
			assertThat(trackingConnections(server)).hasSize(1).isNotEqualTo(connections);
		}
	}

	@Test
	void killedServerIsNotTrustedUntilItIsBack(CapturedOutput output) {
		try (RedisServer server = RedisServer.start(); NearApplication application = NearApplication.trusted(server)) {
			NearCache cache = application.trustedCache("customers");
			Customer used = Customer.putAndHold(cache, "1", "Ada");
			server.kill();
			application.awaitDistrust();
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.get("1"));
			server.restart();
			application.awaitTrust();
			GarbageCollection.await(() -> isGone(cache, "1"));
			assertThat(Customer.putAndHold(cache, "1", "Ada")).isSameAs(used);
			assertThat(output.getAll().lines().filter((line) -> line.contains("The near cache is not trusted")))
				.hasSize(1);
			assertThat(output.getAll().lines().filter((line) -> line.contains("The near cache is trusted again")))
				.hasSize(1);
		}
	}

	@Test
	void applicationStartsWithoutAServerAndTrustsOneThatStartsLater() {
		try (RedisServer server = RedisServer.stopped(); NearApplication application = NearApplication.start(server)) {
			NearCache cache = application.cache("customers");
			GarbageCollection
				.await(() -> application.invalidation().trust().reason().startsWith("Redis cannot be connected to: "));
			server.restart();
			application.awaitTrust();
			Customer used = Customer.putAndHold(cache, "1", "Ada");
			assertThat(Customer.get(cache, "1")).isSameAs(used);
		}
	}

	@Test
	void firstLevelIsNotUsedIfTheServerRefusesTracking(CapturedOutput output) {
		try (RedisServer server = RedisServer.start("--user", "default", "on", "nopass", "~*", "&*", "+@all",
				"-client"); NearApplication application = NearApplication.start(server)) {
			NearCache cache = application.cache("customers");
			GarbageCollection.await(() -> application.invalidation()
				.trust()
				.reason()
				.startsWith("Redis refuses CLIENT TRACKING: NOPERM"));
			cache.put("1", new Customer("Ada"));
			Customer used = Customer.get(cache, "1");
			assertThat(Customer.get(cache, "1")).isSameAs(used);
			assertThat(cache.getNativeCache()).isEmpty();
			assertThat(cache.stats().first()).isZero();
			assertThat(output.getAll().lines().filter((line) -> line.contains("The near cache is not trusted")))
				.hasSize(1);
			server.with((commands) -> commands.aclSetuser("default", AclSetuserArgs.Builder.allCommands()));
			application.awaitTrust();
			assertThat(Customer.putAndHold(cache, "1", "Ada")).isSameAs(used);
		}
	}

	@Test
	void firstLevelIsNotUsedIfTheClientUsesAnOldProtocol() {
		try (RedisServer server = RedisServer.start();
				NearApplication application = NearApplication.start(
						List.of("spring.data.redis.port=" + server.port(), "spring.data.redis.host=127.0.0.1"),
						OldProtocolConfiguration.class)) {
			NearCache cache = application.cache("customers");
			GarbageCollection.await(() -> application.invalidation().trust().reason().endsWith("use RESP2"));
			cache.put("1", new Customer("Ada"));
			assertThat(Customer.get(cache, "1").name()).isEqualTo("Ada");
		}
	}

	@Test
	void trustComesBackAfterTheContextWasPausedAndRestarted() {
		try (RedisServer server = RedisServer.start(); NearApplication application = NearApplication.trusted(server)) {
			NearCache cache = application.trustedCache("customers");
			Customer used = Customer.putAndHold(cache, "1", "Ada");
			application.context().stop();
			assertThat(application.invalidation().trust().reason()).isEqualTo("The near cache has not been started");
			assertThat(trackingConnections(server)).isEmpty();
			server.with((commands) -> commands.flushall());
			application.context().start();
			application.awaitTrust();
			assertThat(cache.get("1")).isNull();
			application.context().pause();
			assertThat(application.isTrusted()).isFalse();
			application.context().restart();
			application.awaitTrust();
			assertThat(Customer.putAndHold(cache, "1", "Ada")).isSameAs(used);
			assertThat(trackingConnections(server)).hasSize(1);
		}
	}

	@Test
	void closedContextLeavesNoConnectionAndNoThread() {
		try (RedisServer server = RedisServer.start()) {
			NearApplication application = NearApplication.trusted(server);
			application.trustedCache("customers");
			application.cache("customers").retrieve("1");
			application.close();
			GarbageCollection.await(() -> trackingConnections(server).isEmpty() && Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().startsWith("weakref-near")));
		}
	}

	@Test
	void cacheCreatedOnDemandIsTrustedOnceItsKeysAreWatched() {
		try (RedisServer server = RedisServer.start();
				NearApplication application = NearApplication.trusted(server, PATIENT)) {
			NearCache customers = application.trustedCache("customers");
			Customer used = Customer.putAndHold(customers, "1", "Ada");
			server.freeze();
			NearCache orders;
			try {
				orders = application.cache("orders");
				assertThat(application.isTrusted()).isFalse();
				// The other cache is not affected by that.
				assertThat(Customer.get(customers, "1")).isSameAs(used);
			}
			finally {
				server.thaw();
			}
			application.awaitTrust();
			assertThat(Customer.get(customers, "1")).isSameAs(used);
			Customer.putAndHold(orders, "1", "Grace");
			server.with((commands) -> commands.del("orders::1"));
			GarbageCollection.await(() -> orders.get("1") == null);
		}
	}

	@Test
	void cachesWhosePrefixesOverlapAreBothWatchedWhicheverComesFirst() {
		try (RedisServer server = RedisServer.start();
				NearApplication application = NearApplication.trusted(server, PATIENT)) {
			for (String[] names : new String[][] { { "a", "a::b" }, { "c::d", "c" } }) {
				NearCache first = application.trustedCache(names[0]);
				Customer early = Customer.putAndHold(first, "1", "Ada");
				NearCache second = application.trustedCache(names[1]);
				Customer used = Customer.putAndHold(first, "1", "Ada");
				assertThat(used).isSameAs(early);
				Customer late = Customer.putAndHold(second, "1", "Grace");
				for (NearCache cache : List.of(first, second)) {
					server.with((commands) -> commands.del(cache.getName() + "::1"));
					GarbageCollection.await(() -> cache.get("1") == null);
				}
				assertThat(late.name()).isEqualTo("Grace");
			}
		}
	}

	@Test
	void hitsAreServedForALimitedTimeWithoutTrustIfConfigured() {
		try (RedisServer server = RedisServer.start();
				NearApplication application = NearApplication.trusted(server,
						"weakref.near-cache.while-untrusted=serve", "weakref.near-cache.serve-for=3s")) {
			NearCache cache = application.trustedCache("customers");
			Customer used = Customer.putAndHold(cache, "1", "Ada");
			server.kill();
			application.awaitDistrust();
			assertThat(Customer.get(cache, "1")).isSameAs(used);
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.get("2"));
			GarbageCollection.await(() -> failsWithoutRedis(cache, "1"));
			server.restart();
			application.awaitTrust();
			// The connection of the application itself may take longer to come back.
			GarbageCollection.await(() -> isGone(cache, "1"));
			assertThat(used.name()).isEqualTo("Ada");
		}
	}

	@Test
	void callsFailWithTheErrorOfRedisAfterItsTimeoutWhileItIsDown() {
		try (RedisServer server = RedisServer.start();
				NearApplication application = NearApplication.trusted(server, "spring.data.redis.timeout=300ms")) {
			NearCache cache = application.trustedCache("customers");
			Customer.putAndHold(cache, "1", "Ada");
			server.freeze();
			try {
				application.awaitDistrust();
				long begin = System.nanoTime();
				assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.get("1"));
				assertThatExceptionOfType(DataAccessException.class)
					.isThrownBy(() -> cache.put("1", new Customer("Grace")));
				assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.evict("1"));
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
			}
			finally {
				server.thaw();
			}
		}
	}

	@Test
	void serverWithTlsAndAPasswordIsTrusted(@TempDir Path folder) throws Exception {
		TestCertificate certificate = TestCertificate.create(folder);
		int port = RedisServer.freePort();
		String[] arguments = { "--port", "0", "--tls-port", String.valueOf(port), "--tls-cert-file",
				certificate.certificate().toString(), "--tls-key-file", certificate.key().toString(),
				"--tls-ca-cert-file", certificate.certificate().toString(), "--tls-auth-clients", "no", "--requirepass",
				"secret" };
		try (RedisServer server = RedisServer.startOn(port, arguments);
				NearApplication application = NearApplication.start(
						List.of("spring.data.redis.host=localhost", "spring.data.redis.port=" + server.port(),
								"spring.data.redis.password=secret", "spring.data.redis.ssl.bundle=redis",
								"spring.ssl.bundle.pem.redis.truststore.certificate=file:" + certificate.certificate()),
						TlsConfiguration.class)) {
			NearCache cache = application.trustedCache("customers");
			Customer used = Customer.putAndHold(cache, "1", "Ada");
			cache.evict("1");
			assertThat(cache.get("1")).isNull();
			assertThat(used.name()).isEqualTo("Ada");
		}
	}

	@Test
	void wrongPasswordDoesNotFailTheStartAndIsGivenAsTheReason() {
		try (RedisServer server = RedisServer.start("--requirepass", "secret");
				NearApplication application = NearApplication.start(server, "spring.data.redis.password=wrong")) {
			GarbageCollection.await(() -> application.invalidation().trust().reason().contains("WRONGPASS"));
		}
	}

	private static boolean failsWithoutRedis(NearCache cache, String key) {
		try {
			cache.get(key);
			return false;
		}
		catch (DataAccessException ex) {
			return true;
		}
	}

	private static boolean isGone(NearCache cache, String key) {
		try {
			return cache.get(key) == null;
		}
		catch (DataAccessException ex) {
			return false;
		}
	}

	private static List<String> trackingConnections(RedisServer server) {
		String clients = server.with((commands) -> commands.clientList());
		return clients.lines()
			.filter((line) -> Stream.of(line.split(" "))
				.anyMatch((word) -> word.startsWith("flags=") && word.contains("B")))
			.map((line) -> line.split(" ")[0])
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(NearApplication.Defaults.class)
	static class OldProtocolConfiguration {

		@Bean
		LettuceClientOptionsBuilderCustomizer oldProtocol() {
			return (ClientOptions.Builder builder) -> builder.protocolVersion(ProtocolVersion.RESP2);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(NearApplication.Defaults.class)
	@ImportAutoConfiguration(SslAutoConfiguration.class)
	static class TlsConfiguration {

	}

}
