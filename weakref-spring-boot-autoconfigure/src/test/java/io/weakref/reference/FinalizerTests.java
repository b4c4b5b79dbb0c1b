package io.weakref.reference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Promises 19 to 23: finalizers.
 */
class FinalizerTests {

	/** Filled and emptied on the test's own thread. */
	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final TestCleaner test = new TestCleaner(WeakCleaner.builder().callbackExecutor(this.tasks::add));

	private final WeakCleaner cleaner = this.test.cleaner;

	private final Held<Object> referent = new Held<>(new Object());

	private final List<String> ran = new ArrayList<>();

	@AfterEach
	void closeCleaner() {
		this.test.close();
	}

	@Test
	@Tag("promise-19")
	void runsAfterCollectionThoughNobodyKeepsTheFinalizer() {
		register("action");
		GarbageCollection.collect();
		assertThat(this.tasks).isEmpty();
		collectReferent();
		runTasks();
		assertThat(this.ran).containsExactly("action");
	}

	@Test
	@Tag("promise-19")
	void runsAtMostOnceThoughItIsCalledAndCollectedAndClosed() {
		Finalizer<Void> finalizer = register("action");
		finalizer.call();
		finalizer.call();
		this.referent.letGo();
		GarbageCollection.collect();
		this.test.close();
		runTasks();
		assertThat(this.ran).containsExactly("action");
	}

	@Test
	@Tag("promise-19")
	void runsFromNewestToOldestWithTheReferencesOfItsReferent() {
		register("oldest");
		WeakRef<Object> ref = WeakRef.of(this.referent.get(), (self) -> this.ran.add("reference"), this.cleaner);
		register("newest");
		collectReferent();
		runTasks();
		assertThat(this.ran).containsExactly("newest", "reference", "oldest");
		assertThat(ref.get()).isNull();
	}

	@Test
	@Tag("promise-19")
	void collectedFinalizerIsForgotten() {
		for (int i = 0; i < 100; i++) {
			Finalizer.register(new Object(), () -> {
			}, this.cleaner);
		}
		GarbageCollection.until(() -> this.cleaner.stats().pendingCallbacks() == 100);
		assertThat(ReferenceRegistry.of(this.cleaner).size()).isZero();
		GarbageCollection.await(() -> {
			runTasks();
			return this.cleaner.stats().pendingCallbacks() == 0;
		});
		assertThat(ReferenceRegistry.of(this.cleaner).hasFinalizers()).isFalse();
	}

	@Test
	@Tag("promise-19")
	void runsThoughMemoryRanOutWhenItsReferentHadDied() {
		register("oldest");
		WeakRef<Object> ref = new ExhaustingRef<>(this.referent.get(), (self) -> this.ran.add("reference"),
				this.cleaner);
		register("newest");
		collectReferent();
		assertThat(ReferenceRegistry.of(this.cleaner).size()).isZero();
		runTasks();
		assertThat(this.ran).containsExactly("newest", "reference", "oldest");
		assertThat(ref.get()).isNull();
		assertThat(ReferenceRegistry.of(this.cleaner).size()).isZero();
		assertThat(ReferenceRegistry.of(this.cleaner).hasFinalizers()).isFalse();
	}

	@Test
	@Tag("promise-20")
	void callRunsItNowAndReturnsItsResultOnce() {
		Supplier<String> action = () -> "result";
		Finalizer<String> finalizer = Finalizer.register(this.referent.get(), action, this.cleaner);
		assertThat(finalizer.isAlive()).isTrue();
		assertThat(finalizer.call()).isEqualTo("result");
		assertThat(finalizer.isAlive()).isFalse();
		assertThat(finalizer.isAtExit()).isFalse();
		assertThat(finalizer.call()).isNull();
		assertThat(finalizer.peek()).isNull();
		assertThat(finalizer.detach()).isNull();
		assertThat(ReferenceRegistry.of(this.cleaner).size()).isZero();
	}

	@Test
	@Tag("promise-20")
	void peekAndDetachGiveBackWhatWasRegistered() {
		Supplier<String> action = () -> "result";
		Finalizer<String> finalizer = Finalizer.register(this.referent.get(), action, this.cleaner);
		Registration<String> peeked = Objects.requireNonNull(finalizer.peek());
		assertThat(peeked.referent()).isSameAs(this.referent.get());
		assertThat(peeked.action()).isSameAs(action);
		assertThat(finalizer.isAlive()).isTrue();
		assertThat(finalizer.detach()).isEqualTo(peeked);
		assertThat(finalizer.isAlive()).isFalse();
		assertThat(finalizer.detach()).isNull();
		assertThat(finalizer.call()).isNull();
	}

	@Test
	@Tag("promise-20")
	void actionThatIsSupplierAndRunnableRunsAsWhatItWasRegisteredAs() {
		Both both = new Both(this.ran);
		Finalizer.register(this.referent.get(), (Runnable) both, this.cleaner).call();
		assertThat(Finalizer.register(this.referent.get(), (Supplier<String>) both, this.cleaner).call())
			.isEqualTo("result");
		Finalizer<Void> finalizer = Finalizer.register(this.referent.get(), (Runnable) both, this.cleaner);
		assertThat(finalizer.peek()).isEqualTo(finalizer.peek());
		assertThat((Object) Objects.requireNonNull(finalizer.detach()).action().get()).isNull();
		assertThat(this.ran).containsExactly("run", "get", "run");
	}

	@Test
	@Tag("promise-20")
	void detachedFinalizerDoesNotRun() {
		Finalizer<Void> finalizer = register("detached");
		Finalizer<Void> other = register("other");
		assertThat((Object) Objects.requireNonNull(finalizer.detach()).action().get()).isNull();
		assertThat(this.ran).containsExactly("detached");
		collectReferent();
		runTasks();
		assertThat(this.ran).containsExactly("detached", "other");
		assertThat(other.isAlive()).isFalse();
	}

	@Test
	@Tag("promise-20")
	void betweenClearingAndRunningItIsAliveButPeekIsNull() {
		Finalizer<Void> finalizer = register("action");
		collectReferent();
		assertThat(finalizer.isAlive()).isTrue();
		assertThat(finalizer.isAtExit()).isTrue();
		assertThat(finalizer.peek()).isNull();
		assertThat(finalizer.detach()).isNull();
		assertThat(finalizer.isAlive()).isTrue();
		finalizer.call();
		assertThat(this.ran).containsExactly("action");
		runTasks();
		assertThat(this.ran).containsExactly("action");
	}

	@Test
	@Tag("promise-21")
	void whatAnExplicitCallThrowsPropagatesAndTheFinalizerIsDead() {
		IllegalStateException exception = new IllegalStateException("broken");
		Finalizer<Void> finalizer = Finalizer.register(this.referent.get(), () -> {
			throw exception;
		}, this.cleaner);
		assertThatIllegalStateException().isThrownBy(finalizer::call).isSameAs(exception);
		assertThat(finalizer.isAlive()).isFalse();
		assertThat(finalizer.call()).isNull();
		assertThat(this.test.errors).isEmpty();
		assertThat(this.cleaner.stats().callbackErrors()).isZero();
	}

	@Test
	@Tag("promise-21")
	void whatAnActionThrowsAfterGarbageCollectionIsReported() {
		AssertionError error = new AssertionError("broken");
		register("older");
		Finalizer<Void> finalizer = Finalizer.register(this.referent.get(), () -> {
			throw error;
		}, this.cleaner);
		collectReferent();
		runTasks();
		assertThat(this.test.errors).containsExactly(error);
		assertThat(this.test.sources.get(0)).isSameAs(finalizer);
		assertThat(this.cleaner.stats().callbackErrors()).isEqualTo(1);
		assertThat(finalizer.isAlive()).isFalse();
		assertThat(this.ran).containsExactly("older");
	}

	@Test
	@Tag("promise-22")
	void atExitIsTrueByDefaultAndSettableWhileAlive() {
		Finalizer<Void> finalizer = register("action");
		assertThat(finalizer.isAtExit()).isTrue();
		finalizer.setAtExit(false);
		assertThat(finalizer.isAtExit()).isFalse();
		finalizer.setAtExit(true);
		finalizer.detach();
		finalizer.setAtExit(true);
		assertThat(finalizer.isAtExit()).isFalse();
	}

	@Test
	@Tag("promise-22")
	void closeRunsTheLiveFinalizersInReverseOrderOfCreation() {
		Object first = new Object();
		Object second = new Object();
		register(first, "1");
		register(second, "2");
		register(first, "3").setAtExit(false);
		register(first, "4").call();
		register(second, "5");
		Thread closing = Thread.currentThread();
		register(first, () -> assertThat(Thread.currentThread()).isSameAs(closing));
		this.ran.clear();
		this.test.close();
		assertThat(this.ran).containsExactly("5", "2", "1");
		assertThat(this.test.errors).isEmpty();
		this.test.close();
		assertThat(this.ran).hasSize(3);
		assertThat(this.cleaner.stats().callbacks()).isEqualTo(4);
	}

	@Test
	@Tag("promise-22")
	void errorsAtCloseAreReportedAndStopNothing() {
		AssertionError error = new AssertionError("broken");
		register("older");
		Finalizer<Void> broken = register(this.referent.get(), () -> {
			throw error;
		});
		register("newer");
		this.test.close();
		assertThat(this.ran).containsExactly("newer", "older");
		assertThat(this.test.errors).containsExactly(error);
		assertThat(this.test.sources.get(0)).isSameAs(broken);
		assertThat(this.cleaner.stats().callbackErrors()).isEqualTo(1);
	}

	@Test
	@Tag("promise-22")
	void finalizerThatIsRegisteredWhileClosingRunsNext() {
		register("oldest");
		register(this.referent.get(), () -> {
			this.ran.add("middle");
			register("meanwhile");
		});
		register("newest");
		this.test.close();
		assertThat(this.ran).containsExactly("newest", "middle", "meanwhile", "oldest");
	}

	@Test
	@Tag("promise-22")
	void finalizerThatWaitsForTheExecutorRunsAtClose() {
		Finalizer<Void> finalizer = register("action");
		collectReferent();
		this.test.close();
		assertThat(this.ran).containsExactly("action");
		assertThat(finalizer.isAlive()).isFalse();
		runTasks();
		assertThat(this.ran).containsExactly("action");
	}

	@Test
	@Tag("promise-22")
	void closedCleanerRefusesFinalizersAndReleasesThoseItDidNotRun() {
		Held<Object> captured = new Held<>(new Object());
		WeakRef<Object> watched = WeakRef.of(captured.get());
		registerCapturing(captured.get()).setAtExit(false);
		Finalizer<Void> kept = register("kept");
		kept.setAtExit(false);
		this.test.close();
		captured.letGo();
		GarbageCollection.until(() -> watched.get() == null);
		assertThatIllegalStateException().isThrownBy(() -> register("late"))
			.withMessage("The cleaner 'reference-test' is closed");
		assertThat(this.ran).isEmpty();
		kept.call();
		assertThat(this.ran).containsExactly("kept");
	}

	@Test
	@Tag("promise-22")
	void finalizerIsNotFoundAtExitBeforeItIsCompletelyConstructed() {
		ReferenceRegistry registry = ReferenceRegistry.of(this.cleaner);
		Finalizer<Void> finalizer = new Finalizer<>(this.referent.get(), (Runnable) this.ran::clear, registry);
		assertThat(registry.hasFinalizers()).isFalse();
		assertThat(registry.size()).isZero();
		assertThat(finalizer.isAlive()).isTrue();
	}

	@Test
	@Tag("slow")
	@Tag("promise-22")
	void finalizersThatAreRegisteredDuringCloseRunOnceOrAreRefused() throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			for (int round = 0; round < 1000; round++) {
				CountDownLatch begun = new CountDownLatch(1);
				AtomicInteger calls = new AtomicInteger();
				try (TestCleaner closing = new TestCleaner()) {
					Future<Integer> registered = executor
						.submit(() -> registerUntilRefused(calls, closing.cleaner, begun));
					begun.await();
					closing.close();
					assertThat(calls).hasValue(registered.get());
					assertThat(closing.errors).isEmpty();
				}
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	/** Register finalizers, but not so many that closing never ends. */
	private int registerUntilRefused(AtomicInteger calls, WeakCleaner cleaner, CountDownLatch begun) {
		int registered = 0;
		try {
			while (registered < 10_000) {
				Finalizer.register(this.referent.get(), (Runnable) calls::incrementAndGet, cleaner);
				registered++;
				begun.countDown();
			}
		}
		catch (IllegalStateException closed) {
			// This is what ends it.
		}
		return registered;
	}

	@Test
	void finalizerThatTheExecutorRefusesIsReportedAndStaysAliveForExit() {
		RejectedExecutionException refusal = new RejectedExecutionException("full");
		try (TestCleaner full = new TestCleaner(WeakCleaner.builder().callbackExecutor((task) -> {
			throw refusal;
		}))) {
			Finalizer<Void> finalizer = Finalizer.register(this.referent.get(), () -> {
				this.ran.add("action");
			}, full.cleaner);
			this.referent.letGo();
			GarbageCollection.until(() -> !full.errors.isEmpty());
			assertThat(full.errors).containsExactly(refusal);
			assertThat(full.sources.get(0)).isSameAs(finalizer);
			assertThat(finalizer.isAlive()).isTrue();
			assertThat(this.ran).isEmpty();
		}
		assertThat(this.ran).containsExactly("action");
	}

	@Test
	@Tag("promise-23")
	void actionThatHoldsItsObjectIsRefused() {
		Resource resource = new Resource();
		assertRefused(resource, resource);
		assertRefused(resource, resource::close);
		assertRefused(resource, () -> resource.close());
		assertRefused(resource, resource.anonymous());
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> Finalizer.register(resource, resource::name, this.cleaner));
		assertThat(ReferenceRegistry.of(this.cleaner).size()).isZero();
		Handle handle = resource.handle;
		Finalizer<Void> fine = Finalizer.register(resource, handle::close, this.cleaner);
		fine.call();
		assertThat(handle.closed).hasValue(1);
	}

	@Test
	@Tag("promise-18")
	void proxyIsRefused() {
		Runnable proxy = WeakProxy.of(Runnable.class, new Resource());
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> register(proxy, "action"));
	}

	@Test
	void toStringShowsTheStateAndCallsNoUserCode() {
		Finalizer<Void> finalizer = register("action");
		assertThat(finalizer.toString()).contains("Finalizer@").contains("java.lang.Object@");
		collectReferent();
		assertThat(finalizer.toString()).endsWith("of a collected object");
		finalizer.call();
		assertThat(finalizer.toString()).endsWith("dead");
	}

	private void assertRefused(Object referent, Runnable action) {
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> Finalizer.register(referent, action, this.cleaner))
			.withMessageContaining("keep it alive");
	}

	private Finalizer<Void> register(String name) {
		return register(this.referent.get(), name);
	}

	private Finalizer<Void> register(Object referent, String name) {
		List<String> ran = this.ran;
		return register(referent, () -> {
			ran.add(name);
		});
	}

	private Finalizer<Void> register(Object referent, Runnable action) {
		return Finalizer.register(referent, action, this.cleaner);
	}

	private Finalizer<Void> registerCapturing(Object captured) {
		return register(this.referent.get(), () -> this.ran.add(captured.toString()));
	}

	/** Wait until the callbacks of the referent are queued. */
	private void collectReferent() {
		this.referent.letGo();
		GarbageCollection.until(() -> !this.tasks.isEmpty());
	}

	private void runTasks() {
		for (Runnable task : new ArrayDeque<>(this.tasks)) {
			this.tasks.remove(task);
			task.run();
		}
	}

	/** A reference whose callback cannot be allocated the first time. */
	private static final class ExhaustingRef<T> extends WeakRef<T> {

		private final AtomicInteger calls = new AtomicInteger();

		ExhaustingRef(T referent, Consumer<? super WeakRef<T>> callback, WeakCleaner cleaner) {
			super(referent, callback, cleaner);
		}

		@Override
		Object source() {
			if (this.calls.getAndIncrement() == 0) {
				throw new OutOfMemoryError("on purpose");
			}
			return super.source();
		}

	}

	private record Both(List<String> ran) implements Runnable, Supplier<String> {

		@Override
		public void run() {
			this.ran.add("run");
		}

		@Override
		public String get() {
			this.ran.add("get");
			return "result";
		}

	}

	private static final class Handle {

		private final AtomicInteger closed = new AtomicInteger();

		void close() {
			this.closed.incrementAndGet();
		}

	}

	private static final class Resource implements Runnable {

		private final Handle handle = new Handle();

		@Override
		public void run() {
			close();
		}

		void close() {
			this.handle.close();
		}

		@Nullable String name() {
			return null;
		}

		Runnable anonymous() {
			return new Runnable() {

				@Override
				public void run() {
					close();
				}

			};
		}

	}

}
