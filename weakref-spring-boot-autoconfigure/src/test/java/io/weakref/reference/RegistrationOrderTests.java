package io.weakref.reference;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what several threads register one after another has one order.
 */
class RegistrationOrderTests {

	private static final int THREADS = 16;

	private static final int REGISTRATIONS = 64;

	/** Because references to one object are equal. */
	private static final Comparator<WeakRef<?>> IDENTITY = (one, other) -> (one == other) ? 0 : 1;

	private final TestCleaner test = new TestCleaner();

	private final List<ExecutorService> threads = new ArrayList<>();

	private final List<Integer> ran = new CopyOnWriteArrayList<>();

	@BeforeEach
	void startThreads() {
		for (int i = 0; i < THREADS; i++) {
			this.threads.add(Executors.newSingleThreadExecutor());
		}
	}

	@AfterEach
	void close() {
		this.threads.forEach(ExecutorService::shutdownNow);
		this.test.close();
	}

	@Test
	@Tag("promise-4")
	void callbacksOfOneObjectRunFromTheNewestToTheOldestThoughSeveralThreadsHaveRegisteredThem() {
		Held<Object> referent = new Held<>(new Object());
		List<Object> registered = inTurn(
				(number) -> (number % 3 == 0) ? Finalizer.register(referent.get(), () -> ran(number), this.test.cleaner)
						: WeakRef.of(referent.get(), (ref) -> ran(number), this.test.cleaner));
		referent.letGo();
		GarbageCollection.until(() -> this.ran.size() == REGISTRATIONS);
		Reference.reachabilityFence(registered);
		assertThat(this.ran).isEqualTo(newestFirst());
	}

	@Test
	@Tag("promise-4")
	void callbacksThatWereNotCancelledRunFromTheNewestToTheOldest() {
		Held<Object> referent = new Held<>(new Object());
		List<WeakRef<Object>> refs = inTurn(
				(number) -> WeakRef.of(referent.get(), (ref) -> ran(number), this.test.cleaner));
		assertThat(WeakRefs.count(referent.get())).isEqualTo(REGISTRATIONS);
		refs.addAll(inTurn(
				(number) -> WeakRef.of(referent.get(), (ref) -> ran(REGISTRATIONS + number), this.test.cleaner)));
		for (int number = 0; number < refs.size(); number += 2) {
			refs.get(number).clear();
		}
		referent.letGo();
		GarbageCollection.until(() -> this.ran.size() == REGISTRATIONS);
		Reference.reachabilityFence(refs);
		assertThat(this.ran)
			.isEqualTo(Stream.iterate(2 * REGISTRATIONS - 1, (number) -> number - 2).limit(REGISTRATIONS).toList());
	}

	@Test
	@Tag("promise-11")
	void referencesAreListedFromTheNewestToTheOldestThoughSeveralThreadsHaveRegisteredThem() {
		Object referent = new Object();
		List<WeakRef<Object>> refs = inTurn((number) -> (number % 3 == 0) ? new Extended(referent, this.test)
				: WeakRef.of(referent, (ref) -> ran(number), this.test.cleaner));
		Collections.reverse(refs);
		assertThat(WeakRefs.list(referent)).usingElementComparator(IDENTITY).isEqualTo(refs);
	}

	@Test
	@Tag("promise-22")
	void finalizersOfSeveralThreadsRunInReverseOrderOfCreationAtClose() {
		List<Object> referents = inTurn((number) -> {
			Object referent = new Object();
			Finalizer.register(referent, () -> ran(number), this.test.cleaner);
			return referent;
		});
		this.test.cleaner.close();
		Reference.reachabilityFence(referents);
		assertThat(this.ran).isEqualTo(newestFirst());
	}

	@Test
	@Tag("promise-4")
	void callbackIsBehindANewerOneThatWasPushedAndFoundBefore() throws Exception {
		Held<Object> referent = new Held<>(new Object());
		List<Object> registered = new CopyOnWriteArrayList<>();
		List<Integer> counts = new CopyOnWriteArrayList<>();
		run(new Diverted(() -> registered.add(refer(referent.get(), 0)), () -> run(new Thread(() -> {
			registered.add(refer(referent.get(), 1));
			counts.add(WeakRefs.count(referent.get()));
		}))));
		run(new Diverted(() -> registered.add(finalize(referent.get(), 2)), () -> run(new Thread(() -> {
			registered.add(finalize(referent.get(), 3));
			counts.add(WeakRefs.count(referent.get()));
		}))));
		assertThat(counts).containsExactly(1, 2);
		assertThat(callbacks(referent, registered, 4)).containsExactly(3, 2, 1, 0);
	}

	@Test
	@Tag("promise-4")
	void callbackIsBehindANewerOneThatWasPushedBeforeOntoTheSameStack() throws Exception {
		Held<Object> referent = new Held<>(new Object());
		List<Object> registered = new CopyOnWriteArrayList<>();
		run(new Diverted(() -> registered.add(refer(referent.get(), 0)),
				() -> run(new Diverted(() -> registered.add(finalize(referent.get(), 1)), () -> {
				}))));
		assertThat(callbacks(referent, registered, 2)).containsExactly(1, 0);
	}

	private WeakRef<Object> refer(Object referent, int number) {
		return WeakRef.of(referent, (ref) -> ran(number), this.test.cleaner);
	}

	private Finalizer<?> finalize(Object referent, int number) {
		return Finalizer.register(referent, () -> ran(number), this.test.cleaner);
	}

	private List<Integer> callbacks(Held<Object> referent, List<Object> registered, int count) {
		assertThat(registered).hasSize(count);
		referent.letGo();
		GarbageCollection.until(() -> this.ran.size() == count);
		Reference.reachabilityFence(registered);
		return this.ran;
	}

	private static void run(Thread thread) {
		thread.start();
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void identifierOfAThreadIsNotAskedForUnderAMonitor() throws Exception {
		Object referent = new Object();
		List<Integer> counts = new CopyOnWriteArrayList<>();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		Thread thread = new Thread(() -> WeakRef.of(referent, (ref) -> ran(0), this.test.cleaner).clear()) {

			@Override
			public long getId() {
				Future<Integer> count = RegistrationOrderTests.this.threads.get(0)
					.submit(() -> WeakRefs.count(referent));
				try {
					counts.add(count.get(10, TimeUnit.SECONDS));
				}
				catch (Exception ex) {
					failures.add(ex);
				}
				return 7;
			}

		};
		thread.start();
		thread.join();
		assertThat(failures).isEmpty();
		assertThat(counts).containsExactly(0, 0);
	}

	@Test
	void numbersOfTwoThreadsThatAlternateIncrease() throws Exception {
		int count = 2000;
		long[] numbers = new long[count];
		AtomicLong turn = new AtomicLong();
		List<Future<Void>> results = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			int parity = i;
			Callable<Void> task = () -> {
				for (int number = parity; number < count; number += 2) {
					while (turn.get() != number) {
						Thread.yield();
					}
					numbers[number] = RegistrationOrder.next();
					turn.set(number + 1);
				}
				return null;
			};
			results.add(this.threads.get(i).submit(task));
		}
		for (Future<Void> result : results) {
			result.get();
		}
		assertThat(numbers).isSorted().doesNotHaveDuplicates();
		assertThat(numbers[0]).isNotNegative();
	}

	@Test
	void manyReferencesThatSeveralThreadsRegisterToOneObjectAtTheSameTimeAreOrdered() throws Exception {
		int count = 50_000;
		Object referent = new Object();
		List<Future<List<WeakRef<Object>>>> results = new ArrayList<>();
		for (ExecutorService thread : this.threads.subList(0, 4)) {
			results.add(thread.submit(() -> {
				List<WeakRef<Object>> refs = new ArrayList<>();
				for (int i = 0; i < count; i++) {
					refs.add(WeakRef.of(referent, (ref) -> {
					}, this.test.cleaner));
				}
				return refs;
			}));
		}
		List<List<WeakRef<Object>>> registered = new ArrayList<>();
		for (Future<List<WeakRef<Object>>> result : results) {
			registered.add(result.get());
		}
		List<WeakRefs.Found> found = new ArrayList<>();
		ReferenceRegistry.of(this.test.cleaner).forEach(referent, found::add);
		assertThat(found).extracting(WeakRefs.Found::sequence).isSortedAccordingTo(Collections.reverseOrder());
		assertThat(found).hasSize(4 * count);
		for (List<WeakRef<Object>> refs : registered) {
			Collections.reverse(refs);
			List<WeakRef<?>> mine = new ArrayList<>();
			Set<WeakRef<?>> all = Collections.newSetFromMap(new IdentityHashMap<>());
			all.addAll(refs);
			found.stream().map(WeakRefs.Found::ref).filter(all::contains).forEach(mine::add);
			assertThat(mine).usingElementComparator(IDENTITY).isEqualTo(refs);
		}
	}

	@ParameterizedTest
	@ValueSource(doubles = { 1, 8, 10, 16 })
	void clockWithEnoughTicksIsUsable(double tick) {
		assertThat(RegistrationOrder.isUsable(clock(tick, 30))).isTrue();
	}

	/** 41.67: Apple's processors. 15.6 million: Windows, long ago. */
	@ParameterizedTest
	@ValueSource(doubles = { 20.83, 22, 40, 41.67, 100, 1000, 15_600_000 })
	void clockWithTooFewTicksIsNotUsable(double tick) {
		assertThat(RegistrationOrder.isUsable(clock(tick, 30))).isFalse();
		assertThat(RegistrationOrder.isUsable(clock(tick, 200))).isFalse();
	}

	@Test
	void clockThatTakesTooLongIsNotUsable() {
		assertThat(RegistrationOrder.isUsable(clock(1, 400))).isFalse();
	}

	@Test
	void clockThatStandsStillIsNotUsable() {
		assertThat(RegistrationOrder.isUsable(() -> 7)).isFalse();
	}

	/** A clock with some nanoseconds between two ticks and for reading it. */
	private static LongSupplier clock(double tick, long reading) {
		AtomicLong time = new AtomicLong();
		return () -> {
			long now = time.getAndAdd(reading + time.get() % 7);
			return (long) (Math.floor(now / tick) * tick);
		};
	}

	private void ran(int number) {
		this.ran.add(number);
	}

	private static List<Integer> newestFirst() {
		return Stream.iterate(REGISTRATIONS - 1, (number) -> number - 1).limit(REGISTRATIONS).toList();
	}

	/** Let the threads register, each when the one before has finished. */
	private <T> List<T> inTurn(Register<T> register) {
		List<T> registered = new ArrayList<>();
		for (int i = 0; i < REGISTRATIONS; i++) {
			int number = i;
			try {
				registered.add(this.threads.get(i % THREADS).submit(() -> register.register(number)).get());
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
		return registered;
	}

	private interface Register<T> {

		T register(int number);

	}

	/**
	 * A thread that does something else when it is asked for its identifier: after its
	 * registration got a number, before it is pushed. All such threads push onto the same
	 * stack.
	 */
	private static final class Diverted extends Thread {

		private final Runnable inBetween;

		private boolean asked;

		Diverted(Runnable task, Runnable inBetween) {
			super(task);
			this.inBetween = inBetween;
		}

		@Override
		public long getId() {
			if (!this.asked && Thread.currentThread() == this) {
				this.asked = true;
				this.inBetween.run();
			}
			return 7;
		}

	}

	/** In the registry of the references without a callback. */
	private static final class Extended extends WeakRef<Object> {

		Extended(Object referent, TestCleaner test) {
			super(referent, null, test.cleaner);
		}

	}

}
