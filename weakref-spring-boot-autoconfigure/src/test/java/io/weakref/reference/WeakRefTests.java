package io.weakref.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Promises 1 to 10, 12 and 18: references and their callbacks.
 */
class WeakRefTests {

	private final TestCleaner test = new TestCleaner();

	private final WeakCleaner cleaner = this.test.cleaner;

	private final Held<Object> referent = new Held<>(new Object());

	@AfterEach
	void closeCleaner() {
		this.test.close();
	}

	@Test
	@Tag("promise-1")
	void referenceReturnsThatVeryObjectAndDoesNotKeepItAlive() {
		String text = new String("text");
		WeakRef<String> ref = WeakRef.of(text);
		assertThat(ref.get()).isSameAs(text);
		WeakRef<@Nullable Object> dying = WeakRef.of(this.referent.get());
		this.referent.letGo();
		GarbageCollection.collect();
		assertThat(dying.get()).isNull();
	}

	@Test
	@Tag("promise-2")
	void referenceWithoutCallbackIsSharedWhileSomebodyHoldsIt() {
		WeakRef<Object> first = WeakRef.of(this.referent.get());
		assertThat(WeakRef.of(this.referent.get())).isSameAs(first);
		assertThat(WeakRef.of(new Object())).isNotSameAs(first);
	}

	@Test
	@Tag("promise-2")
	void sharedReferenceIsNotKeptByTheLibrary() {
		Held<WeakRef<?>> shared = new Held<>(WeakRef.of(this.referent.get()));
		WeakRef<?> watched = WeakRef.of(shared.get());
		shared.letGo();
		GarbageCollection.until(() -> watched.get() == null);
		assertThat(WeakRef.of(this.referent.get()).get()).isSameAs(this.referent.get());
	}

	@Test
	@Tag("promise-2")
	void referenceWithCallbackIsAlwaysNew() {
		Consumer<WeakRef<Object>> callback = (ref) -> {
		};
		WeakRef<Object> shared = WeakRef.of(this.referent.get());
		WeakRef<Object> first = WeakRef.of(this.referent.get(), callback);
		assertThat(WeakRef.of(this.referent.get(), callback)).isNotSameAs(first);
		assertThat(WeakRef.of(this.referent.get())).isSameAs(shared).isNotSameAs(first);
	}

	@Test
	@Tag("promise-2")
	void subclassInstanceIsNeverTheSharedOne() {
		Tagged<Object> tagged = new Tagged<>(this.referent.get(), "tag", this.cleaner);
		WeakRef<Object> shared = WeakRef.of(this.referent.get());
		assertThat(shared).isNotSameAs(tagged);
		assertThat(shared.getClass()).isEqualTo(WeakRef.class);
	}

	@Test
	@Tag("promise-2")
	void sixteenThreadsGetOneInstance() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(16);
		try {
			for (int round = 0; round < 200; round++) {
				Object object = new Object();
				CyclicBarrier barrier = new CyclicBarrier(16);
				Callable<WeakRef<Object>> task = () -> {
					barrier.await();
					return WeakRef.of(object);
				};
				List<Future<WeakRef<Object>>> futures = new ArrayList<>();
				for (int i = 0; i < 16; i++) {
					futures.add(executor.submit(task));
				}
				WeakRef<Object> first = futures.get(0).get();
				for (Future<WeakRef<Object>> future : futures) {
					assertThat(future.get()).isSameAs(first);
				}
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	@Tag("promise-2")
	void sharedReferenceThatSomebodyClearedIsReplaced() {
		WeakRef<Object> cleared = WeakRef.of(this.referent.get());
		cleared.clear();
		WeakRef<Object> next = WeakRef.of(this.referent.get());
		assertThat(next).isNotSameAs(cleared);
		assertThat(next.get()).isSameAs(this.referent.get());
		assertThat(WeakRef.of(this.referent.get())).isSameAs(next);
	}

	@Test
	@Tag("promise-3")
	void callbackRunsOnceAfterClearingWithTheReferenceAsItsArgument() {
		List<WeakRef<Object>> arguments = new ArrayList<>();
		List<@Nullable Object> seen = new ArrayList<>();
		CountDownLatch ran = new CountDownLatch(1);
		WeakRef<Object> ref = WeakRef.of(this.referent.get(), (argument) -> {
			arguments.add(argument);
			seen.add(argument.get());
			ran.countDown();
		}, this.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> ran.getCount() == 0);
		GarbageCollection.collect();
		awaitIdle();
		assertThat(arguments).hasSize(1);
		assertThat(arguments.get(0)).isSameAs(ref);
		assertThat(seen).containsExactly((Object) null);
		assertThat(this.cleaner.stats().callbacks()).isEqualTo(1);
	}

	@Test
	@Tag("promise-3")
	void referenceThatNobodyHoldsDoesNotCallBack() {
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger others = new AtomicInteger();
		Held<WeakRef<?>> dropped = new Held<>(
				WeakRef.of(this.referent.get(), (ref) -> calls.incrementAndGet(), this.cleaner));
		WeakRef<?> watched = WeakRef.of(dropped.get());
		dropped.letGo();
		GarbageCollection.until(() -> watched.get() == null);
		WeakRef<Object> kept = WeakRef.of(this.referent.get(), (ref) -> others.incrementAndGet(), this.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> others.get() == 1);
		awaitIdle();
		assertThat(calls).hasValue(0);
		assertThat(kept.get()).isNull();
	}

	@Test
	@Tag("promise-3")
	void referenceThatDiesWithItsReferentDoesNotCallBack() {
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger others = new AtomicInteger();
		Held<Object[]> cycle = new Held<>(new Object[1]);
		cycle.get()[0] = WeakRef.of(cycle.get(), (ref) -> calls.incrementAndGet(), this.cleaner);
		WeakRef<Object[]> kept = WeakRef.of(cycle.get(), (ref) -> others.incrementAndGet(), this.cleaner);
		cycle.letGo();
		GarbageCollection.until(() -> others.get() == 1);
		awaitIdle();
		assertThat(calls).hasValue(0);
		assertThat(kept.get()).isNull();
	}

	@Test
	@Tag("promise-3")
	void clearCancelsTheCallbackForCertain() {
		List<WeakRef<Object>> refs = new ArrayList<>();
		AtomicInteger cancelled = new AtomicInteger();
		AtomicInteger others = new AtomicInteger();
		for (int i = 0; i < 1000; i++) {
			refs.add(WeakRef.of(this.referent.get(), (ref) -> cancelled.incrementAndGet(), this.cleaner));
			refs.get(i).clear();
			assertThat(refs.get(i).get()).isNull();
			assertThat(refs.get(i).callback()).isNull();
		}
		WeakRef<Object> kept = WeakRef.of(this.referent.get(), (ref) -> others.incrementAndGet(), this.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> others.get() == 1);
		awaitIdle();
		assertThat(cancelled).hasValue(0);
		assertThat(this.cleaner.stats().callbacks()).isEqualTo(1);
		assertThat(kept.get()).isNull();
	}

	@Test
	@Tag("promise-3")
	void clearCancelsACallbackThatIsAlreadyQueued() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		WeakRef<Object> older = WeakRef.of(this.referent.get(), (ref) -> calls.incrementAndGet(), this.cleaner);
		WeakRef<Object> newer = WeakRef.of(this.referent.get(), (ref) -> {
			started.countDown();
			await(release);
		}, this.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> started.getCount() == 0);
		older.clear();
		release.countDown();
		awaitIdle();
		assertThat(calls).hasValue(0);
		assertThat(newer.get()).isNull();
	}

	@Test
	@Tag("promise-3")
	void enqueueByHandClearsAndCancels() {
		AtomicInteger calls = new AtomicInteger();
		WeakRef<Object> ref = WeakRef.of(this.referent.get(), (self) -> calls.incrementAndGet(), this.cleaner);
		assertThat(ref.enqueue()).isFalse();
		assertThat(ref.get()).isNull();
		this.referent.letGo();
		GarbageCollection.collect();
		awaitRegistrySize(0);
		awaitIdle();
		assertThat(calls).hasValue(0);
	}

	@Test
	@Tag("promise-5")
	void whatACallbackThrowsReachesTheHandlerAndTheOthersStillRun() {
		List<String> ran = new ArrayList<>();
		Error error = new AssertionError("an error");
		RuntimeException exception = new IllegalStateException("an exception");
		List<WeakRef<Object>> refs = List.of(WeakRef.of(this.referent.get(), (ref) -> ran.add("oldest"), this.cleaner),
				WeakRef.of(this.referent.get(), (ref) -> {
					throw error;
				}, this.cleaner), WeakRef.of(this.referent.get(), (ref) -> ran.add("middle"), this.cleaner),
				WeakRef.of(this.referent.get(), (ref) -> {
					throw exception;
				}, this.cleaner), WeakRef.of(this.referent.get(), (ref) -> ran.add("newest"), this.cleaner));
		this.referent.letGo();
		GarbageCollection.until(() -> this.cleaner.stats().callbacks() == 5);
		assertThat(ran).containsExactly("newest", "middle", "oldest");
		assertThat(this.test.errors).containsExactly(exception, error);
		assertThat(this.test.sources.get(0)).isSameAs(refs.get(3));
		assertThat(this.test.sources.get(1)).isSameAs(refs.get(1));
		assertThat(this.cleaner.stats().callbackErrors()).isEqualTo(2);
		assertThat(this.cleaner.isAlive()).isTrue();
		assertCallsBack();
	}

	@Test
	@Tag("promise-5")
	void executorThatRefusesIsReportedForEachCallback() {
		RejectedExecutionException refusal = new RejectedExecutionException("full");
		try (TestCleaner full = new TestCleaner(WeakCleaner.builder().callbackExecutor((task) -> {
			throw refusal;
		}))) {
			AtomicInteger calls = new AtomicInteger();
			WeakRef<Object> first = WeakRef.of(this.referent.get(), (ref) -> calls.incrementAndGet(), full.cleaner);
			WeakRef<Object> second = WeakRef.of(this.referent.get(), (ref) -> calls.incrementAndGet(), full.cleaner);
			this.referent.letGo();
			GarbageCollection.until(() -> full.errors.size() == 2);
			assertThat(full.errors).containsExactly(refusal, refusal);
			assertThat(full.sources.get(0)).isSameAs(second);
			assertThat(full.sources.get(1)).isSameAs(first);
			assertThat(full.cleaner.stats().callbackErrors()).isEqualTo(2);
			assertThat(full.cleaner.stats().pendingCallbacks()).isZero();
			assertThat(calls).hasValue(0);
		}
	}

	@Tag("slow")
	@Test
	@Tag("promise-6")
	void callbackMayDoAnythingWithReferences() throws Exception {
		CountDownLatch done = new CountDownLatch(1);
		CountDownLatch victimDied = new CountDownLatch(1);
		Object[] victim = { new Object() };
		WeakRef<Object> victimRef = WeakRef.of(victim[0], (ref) -> victimDied.countDown(), this.cleaner);
		WeakRef<Object> ref = WeakRef.of(this.referent.get(), (self) -> {
			// This callback blocks on purpose until another thread has used references.
			Thread other = new Thread(() -> {
				for (int i = 0; i < 1000; i++) {
					Object object = new Object();
					WeakRef<Object> created = WeakRef.of(object, (argument) -> {
					}, this.cleaner);
					assertThat(WeakRefs.count(object)).isEqualTo(1);
					created.clear();
				}
				done.countDown();
			});
			other.start();
			await(done);
			victim[0] = new Object();
			System.gc();
		}, this.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> victimDied.getCount() == 0);
		assertThat(done.await(0, TimeUnit.SECONDS)).isTrue();
		assertThat(victimRef.get()).isNull();
		assertThat(ref.get()).isNull();
		assertThat(this.test.errors).isEmpty();
	}

	@Test
	@Tag("promise-6")
	void noLockIsHeldWhileACallbackRunsOnTheDrainThread() {
		try (TestCleaner direct = new TestCleaner(WeakCleaner.builder().callbackExecutor(Runnable::run))) {
			CountDownLatch done = new CountDownLatch(1);
			WeakRef<Object> ref = WeakRef.of(this.referent.get(), (self) -> {
				Thread other = new Thread(() -> {
					for (int i = 0; i < 1000; i++) {
						WeakRef.of(new Object(), (argument) -> {
						}, direct.cleaner).clear();
					}
					done.countDown();
				});
				other.start();
				await(done);
			}, direct.cleaner);
			this.referent.letGo();
			GarbageCollection.until(() -> direct.cleaner.stats().callbacks() == 1);
			assertThat(direct.errors).isEmpty();
			assertThat(ref.get()).isNull();
		}
	}

	@Test
	@Tag("promise-6")
	void callbackThatBlocksDelaysNoRemoval() {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		WeakRef<Object> blocking = WeakRef.of(this.referent.get(), (ref) -> {
			started.countDown();
			await(release);
		}, this.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> started.getCount() == 0);
		List<WeakRef<Object>> refs = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			refs.add(WeakRef.of(new Object(), (ref) -> {
			}, this.cleaner));
		}
		GarbageCollection.until(() -> ReferenceRegistry.of(this.cleaner).size() == 0);
		GarbageCollection.await(() -> this.cleaner.stats().pendingCallbacks() == 1001);
		WeakValueDictionary<Integer, Object> values = WeakValueDictionary.<Integer, Object>builder()
			.cleaner(this.cleaner)
			.build();
		for (int i = 0; i < 1000; i++) {
			values.put(i, new Object());
		}
		GarbageCollection.until(() -> values.size() == 0);
		release.countDown();
		GarbageCollection.await(() -> this.cleaner.stats().callbacks() == 1001);
		assertThat(refs).hasSize(1000);
		assertThat(blocking.get()).isNull();
	}

	@Test
	@Tag("promise-7")
	void hashCodeIsTheReferentsAndIsRememberedOnceAsked() {
		Held<Hashed> hashed = new Held<>(new Hashed(0));
		WeakRef<Hashed> ref = WeakRef.of(hashed.get());
		assertThat(ref.hashCode()).isZero();
		hashed.get().hash = 7;
		assertThat(ref.hashCode()).isZero();
		hashed.letGo();
		GarbageCollection.until(() -> ref.get() == null);
		assertThat(ref.hashCode()).isZero();
	}

	@Test
	@Tag("promise-7")
	void hashCodeFirstAskedAfterDeathThrows() {
		WeakRef<Object> ref = WeakRef.of(this.referent.get());
		this.referent.letGo();
		GarbageCollection.until(() -> ref.get() == null);
		assertThatExceptionOfType(UnhashableReferenceException.class).isThrownBy(ref::hashCode);
	}

	@Test
	@Tag("promise-7")
	void toStringNeverThrowsAndNeverCallsTheReferents() {
		Hostile hostile = new Hostile();
		WeakRef<Hostile> ref = WeakRef.of(hostile);
		assertThat(ref.toString()).startsWith(WeakRef.class.getName()).contains(Hostile.class.getName());
		ref.clear();
		assertThat(ref.toString()).startsWith(WeakRef.class.getName()).endsWith("dead");
	}

	@Test
	@Tag("promise-8")
	void liveReferencesCompareTheirReferents() {
		String one = new String("same");
		String two = new String("same");
		WeakRef<String> ref = WeakRef.of(one);
		assertThat(ref).isEqualTo(WeakRef.of(two));
		assertThat(ref).isEqualTo(WeakRef.of(two, (self) -> {
		}));
		assertThat(ref).isEqualTo(new Tagged<>(two, "tag", this.cleaner));
		assertThat(ref.hashCode()).isEqualTo(WeakRef.of(two).hashCode());
		assertThat(ref).isNotEqualTo(WeakRef.of(new String("other"))).isNotEqualTo(one);
	}

	@Test
	@Tag("promise-8")
	void deadReferenceEqualsOnlyItself() {
		String one = new String("same");
		String two = new String("same");
		WeakRef<String> dead = WeakRef.of(one);
		WeakRef<String> alsoDead = WeakRef.of(one, (self) -> {
		});
		WeakRef<String> alive = WeakRef.of(two);
		dead.clear();
		alsoDead.clear();
		assertThat(dead.equals(itself(dead))).isTrue();
		assertThat(dead).isNotEqualTo(alsoDead).isNotEqualTo(alive);
		assertThat(alive).isNotEqualTo(dead);
		assertThat(dead).isNotInstanceOf(Comparable.class);
	}

	@Test
	@Tag("promise-9")
	void overriddenGetCorruptsNothing() {
		String object = new String("object");
		Lying<String> lying = new Lying<>(object, this.cleaner);
		assertThat(lying.get()).isNull();
		assertThat(lying).isEqualTo(WeakRef.of(object));
		assertThat(lying.hashCode()).isEqualTo(object.hashCode());
		assertThat(lying.toString()).doesNotContain("dead");
		List<WeakRef<?>> list = WeakRefs.list(object);
		assertThat(list.get(list.size() - 1)).isSameAs(lying);
		assertThat(lying.callback()).isNotNull();
	}

	@Test
	@Tag("promise-9")
	void subclassWithFieldsOfItsOwnCallsBack() {
		AtomicReference<@Nullable String> tag = new AtomicReference<>();
		Tagged<Object> tagged = new Tagged<>(this.referent.get(), "tag", (ref) -> tag.set(((Tagged<?>) ref).tag),
				this.cleaner);
		this.referent.letGo();
		GarbageCollection.until(() -> tag.get() != null);
		assertThat(tag).hasValue("tag");
		assertThat(tagged.get()).isNull();
	}

	@Test
	@Tag("promise-10")
	void callbackIsShownWhileTheReferentLives() {
		Consumer<WeakRef<Object>> callback = (ref) -> {
		};
		WeakRef<Object> ref = WeakRef.of(this.referent.get(), callback, this.cleaner);
		assertThat(ref.callback()).isSameAs(callback);
		assertThat(WeakRef.of(this.referent.get()).callback()).isNull();
		this.referent.letGo();
		GarbageCollection.until(() -> ref.get() == null);
		assertThat(ref.callback()).isNull();
	}

	@Test
	@Tag("promise-10")
	void callbackThatWaitsForTheExecutorIsNotShown() {
		List<Runnable> tasks = new CopyOnWriteArrayList<>();
		try (TestCleaner waiting = new TestCleaner(WeakCleaner.builder().callbackExecutor(tasks::add))) {
			WeakRef<Object> ref = WeakRef.of(this.referent.get(), (self) -> {
			}, waiting.cleaner);
			this.referent.letGo();
			GarbageCollection.until(() -> !tasks.isEmpty());
			assertThat(ref.callback()).isNull();
		}
	}

	@Test
	@Tag("promise-12")
	void callbackFiresThoughTheReferentIsResurrected() {
		AtomicInteger calls = new AtomicInteger();
		Held<Resurrected> resurrected = new Held<>(new Resurrected());
		WeakRef<Resurrected> ref = WeakRef.of(resurrected.get(), (self) -> calls.incrementAndGet(), this.cleaner);
		resurrected.letGo();
		GarbageCollection.until(() -> calls.get() == 1 && Resurrected.instance != null);
		assertThat(ref.get()).isNull();
		Resurrected back = Objects.requireNonNull(Resurrected.instance);
		assertThat(WeakRefs.count(back)).isZero();
		assertThat(WeakRef.of(back)).isNotSameAs(ref);
		Resurrected.instance = null;
	}

	@Test
	@Tag("promise-18")
	void referenceToAProxyIsRefused() {
		Runnable task = new Task();
		Runnable proxy = WeakProxy.of(Runnable.class, task);
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> WeakRef.of(proxy));
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> WeakRef.of(proxy, (ref) -> {
		}));
	}

	@Test
	void nullIsRefused() {
		assertThatNullPointerException().isThrownBy(() -> WeakRef.of(nothing()));
		assertThatNullPointerException().isThrownBy(() -> WeakRef.of(new Object(), nothing()));
	}

	@Test
	void closedCleanerIsRefusedSoThatNoCallbackIsLostSilently() {
		this.test.close();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> WeakRef.of(this.referent.get(), (ref) -> {
			}, this.cleaner))
			.withMessage("The cleaner 'reference-test' is closed");
	}

	@Test
	void callbacksWithTwoCleanersEachRunOnce() {
		try (TestCleaner other = new TestCleaner()) {
			Set<String> ran = ConcurrentHashMap.newKeySet();
			WeakRef<Object> mine = WeakRef.of(this.referent.get(), (ref) -> ran.add("mine"), this.cleaner);
			WeakRef<Object> its = WeakRef.of(this.referent.get(), (ref) -> ran.add("its"), other.cleaner);
			this.referent.letGo();
			GarbageCollection.until(() -> ran.size() == 2);
			GarbageCollection.await(() -> this.cleaner.stats().callbacks() == 1);
			GarbageCollection.await(() -> other.cleaner.stats().callbacks() == 1);
			assertThat(mine.get()).isNull();
			assertThat(its.get()).isNull();
		}
	}

	private void assertCallsBack() {
		AtomicInteger calls = new AtomicInteger();
		WeakRef<Object> ref = WeakRef.of(new Object(), (self) -> calls.incrementAndGet(), this.cleaner);
		GarbageCollection.until(() -> calls.get() == 1);
		assertThat(ref.get()).isNull();
	}

	/** Wait until the callback executor has run what was queued. */
	private void awaitIdle() {
		GarbageCollection.await(() -> this.cleaner.stats().pendingCallbacks() == 0);
	}

	private void awaitRegistrySize(int size) {
		GarbageCollection.until(() -> ReferenceRegistry.of(this.cleaner).size() == size);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Object itself(Object object) {
		return object;
	}

	@SuppressWarnings({ "unchecked", "NullAway", "TypeParameterUnusedInFormals" })
	private static <T> T nothing() {
		return (T) null;
	}

	private static final class Task implements Runnable {

		@Override
		public void run() {
		}

	}

	private static final class Hashed {

		private int hash;

		Hashed(int hash) {
			this.hash = hash;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other == this;
		}

		@Override
		public int hashCode() {
			return this.hash;
		}

	}

	private static final class Hostile {

		@Override
		public String toString() {
			throw new IllegalStateException("toString was called");
		}

	}

	private static final class Tagged<T> extends WeakRef<T> {

		private final String tag;

		Tagged(T referent, String tag, WeakCleaner cleaner) {
			super(referent, null, cleaner);
			this.tag = tag;
		}

		Tagged(T referent, String tag, Consumer<? super WeakRef<T>> callback, WeakCleaner cleaner) {
			super(referent, callback, cleaner);
			this.tag = tag;
		}

	}

	private static final class Lying<T> extends WeakRef<T> {

		Lying(T referent, WeakCleaner cleaner) {
			super(referent, (ref) -> {
			}, cleaner);
		}

		@Override
		public @Nullable T get() {
			return null;
		}

	}

	private static final class Resurrected {

		private static volatile @Nullable Resurrected instance;

		@Override
		@SuppressWarnings({ "deprecation", "removal", "Finalize" })
		protected void finalize() {
			instance = this;
		}

	}

}
