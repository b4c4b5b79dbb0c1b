package com.example;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.GarbageCollection;
import io.weakref.Held;
import io.weakref.autoconfigure.cache.WeakCacheManagerAutoConfiguration;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.autoconfigure.metrics.WeakrefMetricsAutoConfiguration;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.reference.Finalizer;
import io.weakref.reference.WeakMethod;
import io.weakref.reference.WeakRef;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.integration.support.locks.LockRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the code on the page of recipes.
 */
@Tag("slow")
class RecipeTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class,
				MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@Test
	void oneInstanceIsSharedForEachIdAndMetered() {
		this.contextRunner
			.withPropertyValues("weakref.caches.tiles.key-type=com.example.TileId",
					"weakref.caches.tiles.value-type=java.awt.image.BufferedImage")
			.withBean(TileService.class)
			.run((context) -> {
				int before = Renderer.rendered.get();
				TileService service = context.getBean(TileService.class);
				Held<BufferedImage> tile = new Held<>(service.tile(new TileId(1, 2)));
				GarbageCollection.collect();
				assertThat(service.tile(new TileId(1, 2))).isSameAs(tile.get());
				assertThat(Renderer.rendered).hasValue(before + 1);
				assertThat(live(context, "tiles")).isEqualTo(1);
				tile.letGo();
				GarbageCollection.until(() -> live(context, "tiles") == 0);
				service.tile(new TileId(1, 2));
				assertThat(Renderer.rendered).hasValue(before + 2);
			});
	}

	@Test
	void dataAreAttachedToAnObjectAsLongAsItLives() {
		this.contextRunner.withBean(Traffic.class).run((context) -> {
			Traffic traffic = context.getBean(Traffic.class);
			Held<Connection> connection = new Held<>(connection(1));
			traffic.sent(connection.get(), 40);
			GarbageCollection.collect();
			traffic.sent(connection.get(), 2);
			assertThat(traffic.sentOver(connection.get())).isEqualTo(42);
			assertThat(context.getBean(WeakCacheRegistry.class).get("traffic").liveCount()).isEqualTo(1);
			connection.letGo();
			GarbageCollection.until(() -> live(context, "traffic") == 0);
		});
	}

	@Test
	void threadsThatWorkOnEqualKeysExcludeEachOther() {
		this.contextRunner
			.withPropertyValues("weakref.caches.accounts.kind=locks",
					"weakref.caches.accounts.key-type=java.lang.String")
			.withBean(Transfers.class)
			.run((context) -> {
				Transfers transfers = context.getBean(Transfers.class);
				List<Thread> threads = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					Thread thread = new Thread(() -> {
						for (int n = 0; n < 5000; n++) {
							transfers.deposit(new StringBuilder("mine").toString(), 1);
						}
					});
					threads.add(thread);
					thread.start();
				}
				for (Thread thread : threads) {
					thread.join();
				}
				assertThat(transfers.balance("mine")).isEqualTo(20_000);
				GarbageCollection.until(() -> live(context, "accounts") == 0);
			});
	}

	@Test
	void locksAreALockRegistryOfSpringIntegration() {
		this.contextRunner.withUserConfiguration(LockRegistryConfiguration.class).run((context) -> {
			LockRegistry<?> registry = context.getBean(LockRegistry.class);
			List<String> order = new ArrayList<>();
			Lock lock = registry.obtain("group");
			lock.lock();
			Thread other = new Thread(() -> {
				try {
					registry.executeLocked("group", Duration.ofSeconds(30), () -> order.add("second"));
				}
				catch (InterruptedException | TimeoutException ex) {
					throw new IllegalStateException(ex);
				}
			});
			other.start();
			GarbageCollection.await(() -> LockSupport.getBlocker(other) == lock);
			order.add("first");
			lock.unlock();
			other.join();
			assertThat(order).containsExactly("first", "second");
			assertThat(context.getBean(WeakCacheRegistry.class).get("messageGroups").kind())
				.isEqualTo(WeakCacheKind.LOCKS);
		});
	}

	@Test
	void messageReachesConnectionsThatAreAlive() {
		this.contextRunner
			.withPropertyValues("weakref.caches.connections.kind=set",
					"weakref.caches.connections.element-type=com.example.Connection")
			.withBean(Broadcast.class)
			.run((context) -> {
				Broadcast broadcast = context.getBean(Broadcast.class);
				WeakSet<?> connections = context.getBean("connections", WeakSet.class);
				Connection one = connection(1);
				Held<Connection> two = new Held<>(connection(2));
				List<String> sentToTwo = two.get().sent();
				broadcast.opened(one);
				broadcast.opened(two.get());
				broadcast.send("first");
				two.letGo();
				GarbageCollection.until(() -> connections.liveCount() == 1);
				broadcast.send("second");
				assertThat(one.sent()).containsExactly("first", "second");
				assertThat(sentToTwo).containsExactly("first");
			});
	}

	@Test
	void listenerDoesNotKeepItsOwnerAliveAndIsRemoved() {
		this.contextRunner.run((context) -> {
			ApplicationEventMulticaster multicaster = context.getBean(ApplicationEventMulticaster.class);
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			Held<Owner> owner = new Held<>(new Owner(new CopyOnWriteArrayList<>()));
			List<OrderPlaced> heard = owner.get().heard();
			WeakRef<Owner> watched = WeakRef.of(owner.get());
			listen(owner.get(), multicaster, cleaner);
			context.publishEvent(new OrderPlaced("first"));
			owner.letGo();
			GarbageCollection.until(() -> watched.get() == null);
			context.publishEvent(new OrderPlaced("second"));
			assertThat(heard).extracting(OrderPlaced::getSource).containsExactly("first");
			GarbageCollection.await(() -> cleaner.stats().callbacks() == 1);
			List<String> left = new ArrayList<>();
			multicaster.removeApplicationListeners((listener) -> {
				left.add(listener.getClass().getName());
				return false;
			});
			assertThat(left).isNotEmpty().noneMatch((name) -> name.startsWith("com.example."));
		});
	}

	private static void listen(Owner owner, ApplicationEventMulticaster multicaster, WeakCleaner cleaner) {
		Consumer<OrderPlaced> weak = WeakMethod.listener(owner, Owner::onOrderPlaced);
		ApplicationListener<OrderPlaced> listener = weak::accept;
		multicaster.addApplicationListener(listener);
		Finalizer.register(owner, () -> multicaster.removeApplicationListener(listener), cleaner).setAtExit(false);
	}

	@Test
	void valueIsHeldAfterItsLastUseEvenIfNothingElseHoldsIt() {
		this.contextRunner.withUserConfiguration(HoldConfiguration.class)
			.withPropertyValues("weakref.caches.customers.key-type=java.lang.String",
					"weakref.caches.customers.value-type=com.example.Customer")
			.run((context) -> {
				@SuppressWarnings("unchecked")
				WeakValueDictionary<String, Customer> customers = context.getBean("customers",
						WeakValueDictionary.class);
				customers.computeIfAbsent("a", Customer::new);
				GarbageCollection.collect();
				assertThat(customers.get("a")).isEqualTo(new Customer("a"));
				assertThat(customers.heldCount()).isEqualTo(1);
				customers.releaseHeld();
				GarbageCollection.until(() -> live(context, "customers") == 0);
			});
	}

	@Test
	void cachedMethodReturnsTheObjectThatIsStillInUse() {
		this.contextRunner
			.withConfiguration(
					AutoConfigurations.of(WeakCacheManagerAutoConfiguration.class, CacheAutoConfiguration.class))
			.withPropertyValues("weakref.spring-cache.enabled=true")
			.withUserConfiguration(CachingConfiguration.class)
			.withBean(CustomerRepository.class)
			.withBean(CustomerService.class)
			.run((context) -> {
				CustomerService service = context.getBean(CustomerService.class);
				CustomerRepository repository = context.getBean(CustomerRepository.class);
				Held<Customer> customer = new Held<>(service.customer("a"));
				GarbageCollection.collect();
				assertThat(service.customer("a")).isSameAs(customer.get());
				assertThat(repository.loaded).hasValue(1);
				customer.letGo();
				GarbageCollection.until(() -> live(context, "customers") == 0);
				assertThat(service.customer("a").id()).isEqualTo("a");
				assertThat(repository.loaded).hasValue(2);
			});
	}

	@Test
	void cachedValueIsReplacedAndEvicted() {
		this.contextRunner
			.withConfiguration(
					AutoConfigurations.of(WeakCacheManagerAutoConfiguration.class, CacheAutoConfiguration.class))
			.withPropertyValues("weakref.spring-cache.enabled=true")
			.withUserConfiguration(CachingConfiguration.class)
			.withBean(CustomerRepository.class)
			.withBean(CustomerService.class)
			.withBean(CustomerImport.class)
			.run((context) -> {
				CustomerService service = context.getBean(CustomerService.class);
				Customer first = service.customer("a");
				Customer second = service.save(new Customer("a"));
				assertThat(service.customer("a")).isSameAs(second).isNotSameAs(first);
				service.delete("a");
				assertThat(context.getBean(CustomerRepository.class).deleted).containsExactly("a");
				Customer third = service.customer("a");
				assertThat(third).isNotSameAs(second);
				context.getBean(CustomerImport.class).replaced("a");
				assertThat(service.customer("a")).isNotSameAs(third);
			});
	}

	@Test
	void cacheBuiltAsABeanIsRegisteredAndMetered() {
		this.contextRunner.withUserConfiguration(UsersConfiguration.class).run((context) -> {
			@SuppressWarnings("unchecked")
			WeakKeyDictionary<Connection, String> users = context.getBean("users", WeakKeyDictionary.class);
			assertThat(context.getBean(WeakCacheRegistry.class).get("users")).isSameAs(users);
			Held<Connection> one = new Held<>(connection(1));
			Connection equal = connection(1);
			users.put(one.get(), "a");
			users.put(equal, "b");
			assertThat(live(context, "users")).isEqualTo(2);
			one.letGo();
			GarbageCollection.until(() -> live(context, "users") == 1);
			assertThat(users.get(equal)).isEqualTo("b");
			assertThat(context.getBean(MeterRegistry.class)
				.get("weakref.gets")
				.tags("cache", "users", "result", "hit")
				.functionCounter()
				.count()).isEqualTo(1);
		});
	}

	@Test
	void lossOfAConnectionIsPublished() {
		List<Object> heard = new CopyOnWriteArrayList<>();
		ApplicationListener<PayloadApplicationEvent<Object>> listener = (event) -> heard.add(event.getPayload());
		this.contextRunner.withInitializer((context) -> context.addApplicationListener(listener))
			.withBean(ConnectionWatch.class)
			.run((context) -> {
				Held<Connection> connection = new Held<>(connection(7));
				Held<Connection> other = new Held<>(connection(8));
				ConnectionWatch watch = context.getBean(ConnectionWatch.class);
				watch.watch(connection.get());
				watch.watch(other.get());
				GarbageCollection.collect();
				assertThat(heard).isEmpty();
				connection.letGo();
				GarbageCollection.until(() -> !heard.isEmpty());
				assertThat(heard).containsExactly(new ConnectionLost(7));
				assertThat(other.get().id()).isEqualTo(8);
			});
	}

	@Test
	void scratchFileIsDeletedWhenItsOwnerDiesOrIsClosedOrTheContextCloses() {
		List<Path> left = new CopyOnWriteArrayList<>();
		Held<List<ScratchFile>> owners = new Held<>(new CopyOnWriteArrayList<>());
		this.contextRunner.run((context) -> {
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			Held<ScratchFile> dropped = new Held<>(new ScratchFile(cleaner));
			Path path = dropped.get().path();
			GarbageCollection.collect();
			assertThat(path).exists();
			dropped.letGo();
			GarbageCollection.until(() -> Files.notExists(path));
			closeOne(cleaner);
			owners.get().add(new ScratchFile(cleaner));
			left.add(owners.get().get(0).path());
			assertThat(left).allSatisfy((each) -> assertThat(each).exists());
		});
		assertThat(left).hasSize(1).allSatisfy((each) -> assertThat(each).doesNotExist());
		assertThat(owners.get()).hasSize(1);
	}

	private static void closeOne(WeakCleaner cleaner) throws IOException {
		ScratchFile closed = new ScratchFile(cleaner);
		assertThat(closed.path()).exists();
		closed.close();
		assertThat(closed.path()).doesNotExist();
	}

	private static Connection connection(long id) {
		return new Connection(id);
	}

	private static double live(ApplicationContext context, String cache) {
		return context.getBean(MeterRegistry.class).get("weakref.live").tag("cache", cache).gauge().value();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
