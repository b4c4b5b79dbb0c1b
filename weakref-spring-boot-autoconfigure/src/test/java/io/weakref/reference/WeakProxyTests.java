package io.weakref.reference;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Wrapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Promises 13 to 18: proxies.
 */
class WeakProxyTests {

	private final TestCleaner test = new TestCleaner();

	private final Held<English> referent = new Held<>(new English());

	@AfterEach
	void closeCleaner() {
		this.test.close();
	}

	@Test
	@Tag("promise-13")
	void proxyForwardsToItsReferent() throws Exception {
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get());
		assertThat(proxy.greet("you")).isEqualTo("hello you");
		assertThat(proxy.polite("you")).isEqualTo("hello dear you");
		assertThat(proxy.toString()).isEqualTo("English");
	}

	@Test
	@Tag("promise-13")
	void deadProxyThrows() {
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get());
		this.referent.letGo();
		GarbageCollection.until(() -> WeakProxyTests.toString(proxy).startsWith("dead"));
		assertThatExceptionOfType(DeadReferenceException.class).isThrownBy(() -> proxy.greet("you"))
			.withMessage("weakly-referenced object no longer exists");
		assertThatExceptionOfType(DeadReferenceException.class).isThrownBy(() -> proxy.equals(new English()));
	}

	@Test
	@Tag("promise-13")
	void exceptionsArriveUnwrapped() {
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get());
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> proxy.greet("checked")).withMessage("checked");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> proxy.greet("error")).withMessage("error");
	}

	@Test
	@Tag("promise-13")
	void referentIsPinnedDuringACall() throws Exception {
		AtomicInteger died = new AtomicInteger();
		Held<Supplier<Integer>> supplier = new Held<>(new Supplier<>() {

			@Override
			public Integer get() {
				WeakProxyTests.this.referent.letGo();
				GarbageCollection.collect();
				return died.get();
			}

		});
		@SuppressWarnings("unchecked")
		Supplier<Integer> proxy = WeakProxy.of(Supplier.class, supplier.get());
		WeakRef<Supplier<Integer>> ref = WeakRef.of(supplier.get(), (self) -> died.incrementAndGet(),
				this.test.cleaner);
		supplier.letGo();
		assertThat(proxy.get()).isZero();
		GarbageCollection.until(() -> died.get() == 1);
		assertThat(ref.get()).isNull();
	}

	@Test
	@Tag("promise-14")
	void kindIsFixedByTheInterface() {
		English english = this.referent.get();
		assertThat(WeakProxy.of(Greeter.class, english)).isInstanceOf(CallableWeakProxy.class);
		assertThat(WeakProxy.of(Runnable.class, english)).isInstanceOf(CallableWeakProxy.class);
		assertThat(WeakProxy.of(Two.class, english)).isInstanceOf(WeakProxy.class)
			.isNotInstanceOf(CallableWeakProxy.class);
		assertThat(WeakProxy.of(OneAndEquals.class, english)).isInstanceOf(CallableWeakProxy.class);
		@SuppressWarnings("unchecked")
		Comparator<String> comparator = WeakProxy.of(Comparator.class, String.CASE_INSENSITIVE_ORDER);
		assertThat(comparator).isInstanceOf(CallableWeakProxy.class);
		assertThat(comparator.compare("a", "A")).isZero();
	}

	@Test
	@Tag("promise-14")
	void isProxyTellsProxiesFromTheRest() {
		assertThat(WeakProxy.isProxy(WeakProxy.of(Two.class, this.referent.get()))).isTrue();
		assertThat(WeakProxy.isProxy(WeakProxy.of(Greeter.class, this.referent.get()))).isTrue();
		assertThat(WeakProxy.isProxy(this.referent.get())).isFalse();
		assertThat(WeakProxy.isProxy(null)).isFalse();
	}

	@Test
	@Tag("promise-15")
	void proxyHasNoHashCodeDeadOrAlive() {
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get());
		assertThatExceptionOfType(UnhashableReferenceException.class).isThrownBy(() -> WeakProxyTests.hash(proxy));
		this.referent.letGo();
		GarbageCollection.until(() -> WeakProxyTests.toString(proxy).startsWith("dead"));
		assertThatExceptionOfType(UnhashableReferenceException.class).isThrownBy(() -> WeakProxyTests.hash(proxy));
	}

	@Test
	@Tag("promise-16")
	void equalsUnwrapsBothSides() {
		English equal = new English();
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get());
		assertThat(proxy.equals(WeakProxy.of(Greeter.class, equal))).isTrue();
		assertThat(proxy.equals(WeakProxy.of(Two.class, equal))).isTrue();
		assertThat(proxy.equals(equal)).isTrue();
		assertThat(proxy.equals(new Object())).isFalse();
		assertThat(proxy.equals(null)).isFalse();
	}

	@Test
	@Tag("promise-16")
	void deadProxySaysThatItIsDeadAndEqualsItself() {
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get());
		this.referent.letGo();
		GarbageCollection
			.until(() -> WeakProxyTests.toString(proxy).equals("dead weak proxy of " + Greeter.class.getName()));
		Object same = proxy;
		assertThat(proxy.equals(same)).isTrue();
	}

	@Test
	@Tag("promise-17")
	void proxyIsSharedWithoutACallbackForEachInterface() {
		English english = this.referent.get();
		Greeter proxy = WeakProxy.of(Greeter.class, english);
		Runnable other = WeakProxy.of(Runnable.class, english);
		assertThat((Object) WeakProxy.of(Greeter.class, english) == proxy).isTrue();
		assertThat((Object) WeakProxy.of(Runnable.class, english) == other).isTrue();
		assertThat((Object) other == proxy).isFalse();
		assertThat((Object) WeakProxy.of(Greeter.class, new English()) == proxy).isFalse();
	}

	@Test
	@Tag("promise-17")
	void sixteenThreadsGetOneProxy() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(16);
		try {
			for (int round = 0; round < 50; round++) {
				English english = new English();
				CyclicBarrier barrier = new CyclicBarrier(16);
				Callable<Greeter> task = () -> {
					barrier.await();
					return WeakProxy.of(Greeter.class, english);
				};
				List<Future<Greeter>> futures = new ArrayList<>();
				for (int i = 0; i < 16; i++) {
					futures.add(executor.submit(task));
				}
				Object first = futures.get(0).get();
				for (Future<Greeter> future : futures) {
					assertThat((Object) future.get() == first).isTrue();
				}
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	@Tag("promise-17")
	void proxyWithCallbackIsDistinctAndTheArgumentIsTheProxy() {
		AtomicReference<@Nullable Object> argument = new AtomicReference<>();
		Greeter shared = WeakProxy.of(Greeter.class, this.referent.get());
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get(), argument::set, this.test.cleaner);
		assertThat((Object) proxy == shared).isFalse();
		this.referent.letGo();
		GarbageCollection.until(() -> argument.get() != null);
		assertThat(argument.get() == (Object) proxy).isTrue();
	}

	@Test
	@Tag("promise-3")
	void proxyThatNobodyHoldsDoesNotCallBack() {
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger others = new AtomicInteger();
		Held<Greeter> dropped = new Held<>(WeakProxy.of(Greeter.class, this.referent.get(),
				(proxy) -> calls.incrementAndGet(), this.test.cleaner));
		WeakRef<?> watched = WeakRef.of(WeakRefs.list(this.referent.get()).get(0));
		dropped.letGo();
		GarbageCollection.until(() -> watched.get() == null);
		Greeter kept = WeakProxy.of(Greeter.class, this.referent.get(), (proxy) -> others.incrementAndGet(),
				this.test.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> others.get() == 1);
		assertThat(calls).hasValue(0);
		assertThat(WeakProxyTests.toString(kept)).startsWith("dead");
	}

	@Test
	@Tag("promise-5")
	void callbackOfAProxyThatThrowsIsReportedWithTheProxy() {
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get(), (self) -> {
			throw new IllegalStateException("broken");
		}, this.test.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> !this.test.errors.isEmpty());
		assertThat(this.test.sources.get(0) == (Object) proxy).isTrue();
	}

	@Test
	@Tag("promise-18")
	void proxyOfAProxyIsRefused() {
		Greeter proxy = WeakProxy.of(Greeter.class, this.referent.get());
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> WeakProxy.of(Greeter.class, proxy));
	}

	@Test
	@Tag("promise-18")
	void typeThatCannotBeProxiedIsRefusedWhenItIsCreated() {
		assertRefused(English.class, this.referent.get(), "it is not an interface");
		assertRefused(Closed.class, new Only(), "sealed");
		assertThat(WeakRefs.count(this.referent.get())).isZero();
	}

	@Test
	@SuppressWarnings({ "unchecked", "rawtypes" })
	@Tag("promise-18")
	void referentOfAnotherTypeIsRefused() {
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> WeakProxy.of((Class) Two.class, new Object()))
			.withMessageContaining("is not an instance of " + Two.class.getName());
	}

	@Test
	void interfaceOfAnotherLoaderThatDoesNotKnowTheMarkerIsRefused() throws Exception {
		URL classes = WeakProxyTests.class.getProtectionDomain().getCodeSource().getLocation();
		try (URLClassLoader loader = new URLClassLoader(new URL[] { classes }, null)) {
			Class<?> type = loader.loadClass(Marked.class.getName());
			Object referent = Proxy.newProxyInstance(loader, new Class<?>[] { type }, (proxy, method, args) -> null);
			assertRefusedRaw(type, referent);
		}
	}

	@Test
	void interfaceOfThePlatformCanBeProxied() throws Exception {
		assertThat(WeakProxy.of(Wrapper.class, new Unwrapped()).isWrapperFor(Object.class)).isTrue();
	}

	@Test
	void nullIsRefused() {
		assertThatNullPointerException().isThrownBy(() -> WeakProxy.of(Greeter.class, nothing()));
		assertThatNullPointerException().isThrownBy(() -> WeakProxy.of(Greeter.class, this.referent.get(), nothing()));
	}

	private static <T> void assertRefused(Class<T> type, T referent, String reason) {
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> WeakProxy.of(type, referent))
			.withMessageStartingWith(type.getName() + " cannot be proxied: ")
			.withMessageContaining(reason);
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static void assertRefusedRaw(Class type, Object referent) {
		assertRefused(type, referent, "visible");
	}

	private static String toString(Object object) {
		return object.toString();
	}

	private static int hash(Object object) {
		return object.hashCode();
	}

	@SuppressWarnings({ "unchecked", "NullAway", "TypeParameterUnusedInFormals" })
	private static <T> T nothing() {
		return (T) null;
	}

	interface Greeter {

		String greet(String name) throws IOException;

		default String polite(String name) throws IOException {
			return greet("dear " + name);
		}

	}

	interface Two {

		void one();

		void two();

	}

	/** Functional, because every object has an {@code equals}. */
	interface OneAndEquals {

		void one();

		@Override
		boolean equals(@Nullable Object other);

	}

	/** Loaded by a class loader that does not find this library. */
	public interface Marked {

	}

	sealed interface Closed permits Only {

	}

	static final class Only implements Closed {

	}

	/** Implements an interface whose class loader does not find this library. */
	static final class Unwrapped implements Wrapper {

		@Override
		public <T> T unwrap(Class<T> type) {
			return type.cast(this);
		}

		@Override
		public boolean isWrapperFor(Class<?> type) {
			return true;
		}

	}

	static final class English implements Greeter, Two, OneAndEquals, Runnable {

		@Override
		public String greet(String name) throws IOException {
			return switch (name) {
				case "checked" -> throw new IOException(name);
				case "error" -> throw new AssertionError(name);
				default -> "hello " + name;
			};
		}

		@Override
		public void one() {
		}

		@Override
		public void two() {
		}

		@Override
		public void run() {
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof English;
		}

		@Override
		public int hashCode() {
			return 1;
		}

		@Override
		public String toString() {
			return "English";
		}

	}

}
