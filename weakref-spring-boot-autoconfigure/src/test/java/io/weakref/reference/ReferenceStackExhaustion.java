package io.weakref.reference;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.weakref.EndOfStack;
import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;

/**
 * Run in a separate JVM, interpreted or compiled: registers, finds and removes references
 * and finalizers at various depths down to the last frame of the stack, so that a stack
 * overflow happens at every method call inside these operations. Meanwhile there are
 * other references and finalizers. Each of them must still be found, and must run when
 * its object has died, and nothing must be left in the table.
 */
final class ReferenceStackExhaustion {

	private static final int OBJECTS = 300;

	/**
	 * How many of them get a reference and a finalizer each time before the stack ends.
	 */
	private static final int PRESENT = 60;

	/** How often the stack ends before the objects die. */
	private static final int ENDS = 60;

	/** At most so many levels before the last one the calls begin. */
	private static final int LEVELS = 16;

	/** How often the stack ends at a first search, for each of the other ends. */
	private static final int SEARCHES = 2;

	/** How many objects wait to be found for the first time when the stack ends. */
	private static final int WAITING = 32;

	/** How many references each of them has: more than fit without a resize. */
	private static final int REFERENCES = 10;

	private final SplittableRandom random = new SplittableRandom(1);

	private final AtomicInteger ran = new AtomicInteger();

	private final List<Object> objects = new ArrayList<>();

	/** References and finalizers that were registered by calls that did not throw. */
	private final List<Object> registered = new ArrayList<>();

	private final WeakCleaner cleaner;

	/** References that are there to be cleared when the stack ends. */
	private final List<WeakRef<?>> refs = new ArrayList<>();

	/** Finalizers that are there to be detached or called when the stack ends. */
	private final List<Finalizer<?>> finalizers = new ArrayList<>();

	/**
	 * Which finalizers must run: all that were not called, nor detached by a call that
	 * returned.
	 */
	private final boolean[] due = new boolean[ENDS * PRESENT];

	/** Which finalizers have run. */
	private final Set<Integer> finalized = ConcurrentHashMap.newKeySet();

	/**
	 * Objects in different stripes of a new registry, in which nobody has searched yet.
	 */
	private final List<Object> waiting = new ArrayList<>();

	/** How many of them were searched for. */
	private int searched;

	/** How often the stack has ended. */
	private int ends;

	private int next;

	private ReferenceStackExhaustion(WeakCleaner cleaner) {
		this.cleaner = cleaner;
	}

	public static void main(String[] args) throws Exception {
		int rounds = Integer.getInteger("rounds", 10);
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("stack-test").build()) {
			for (int round = 0; round < rounds; round++) {
				new ReferenceStackExhaustion(cleaner).round();
			}
		}
		System.out.println("survived");
	}

	private void round() throws Exception {
		for (int i = 0; i < OBJECTS; i++) {
			this.objects.add(new Object());
		}
		List<WeakRef<?>> present = new ArrayList<>();
		for (this.ends = 0; this.ends < ENDS; this.ends++) {
			this.refs.clear();
			this.finalizers.clear();
			for (int i = 0; i < PRESENT; i++) {
				Object object = this.objects.get((this.ends * PRESENT + i) % OBJECTS);
				int number = this.ends * PRESENT + i;
				present.add(WeakRef.of(object, (ref) -> this.ran.incrementAndGet(), this.cleaner));
				this.refs.add(WeakRef.of(object, (ref) -> {
				}, this.cleaner));
				this.due[number] = true;
				this.finalizers.add(Finalizer.register(object, () -> {
					this.finalized.add(number);
				}, this.cleaner));
			}
			Kind kind = Kind.values()[this.ends % Kind.values().length];
			if (this.ends < Kind.values().length) {
				// A class whose initialization runs out of stack would be unusable
				// forever.
				call(kind);
			}
			meetEndOfStack(kind);
			for (int i = 0; i < SEARCHES; i++) {
				meetEndOfStackAtFirstSearch();
			}
			for (WeakRef<?> ref : present.subList(this.ends * PRESENT, present.size())) {
				if (!WeakRefs.list(ref.get()).contains(ref)) {
					throw new AssertionError("lost " + ref);
				}
			}
		}
		this.registered.clear();
		this.refs.clear();
		this.finalizers.clear();
		this.objects.clear();
		GarbageCollection.collect();
		GarbageCollection.await(() -> this.ran.get() == ENDS * PRESENT);
		Reference.reachabilityFence(present);
		GarbageCollection.await(this::haveRunIfDue);
		ReferenceRegistry registry = ReferenceRegistry.of(this.cleaner);
		GarbageCollection.await(() -> registry.size() == 0 && !registry.hasFinalizers());
	}

	private boolean haveRunIfDue() {
		return IntStream.range(0, this.due.length).allMatch((i) -> !this.due[i] || this.finalized.contains(i));
	}

	/** Each call is the first one to search in its stripe, where many links wait. */
	private void meetEndOfStackAtFirstSearch() throws InterruptedException {
		try (WeakCleaner fresh = WeakCleaner.builder().threadName("first-search").build()) {
			ReferenceRegistry registry = ReferenceRegistry.of(fresh);
			List<WeakRef<?>> held = new ArrayList<>();
			this.waiting.clear();
			while (this.waiting.size() < WAITING) {
				Object object = new Object();
				if (System.identityHashCode(object) % WAITING == this.waiting.size()) {
					this.waiting.add(object);
					for (int i = 0; i < REFERENCES; i++) {
						held.add(WeakRef.of(object, (ref) -> {
						}, fresh));
					}
				}
			}
			this.searched = 0;
			meetEndOfStack("the first search",
					() -> registry.forEach(this.waiting.get(this.searched++ % WAITING), (found) -> {
					}));
			for (Object object : this.waiting) {
				AtomicInteger found = new AtomicInteger();
				registry.forEach(object, (ref) -> found.incrementAndGet());
				if (found.get() != REFERENCES) {
					throw new AssertionError("lost all but " + found + " of " + REFERENCES);
				}
			}
			Reference.reachabilityFence(held);
		}
	}

	private void meetEndOfStack(Kind kind) throws InterruptedException {
		meetEndOfStack(kind.name(), () -> call(kind));
	}

	private void meetEndOfStack(String what, Runnable call) throws InterruptedException {
		int levels = 1 + this.random.nextInt(LEVELS);
		int padding = this.random.nextInt(EndOfStack.PADDINGS);
		Thread thread = new Thread(null, () -> EndOfStack.meet(call, levels, padding), "deep",
				Integer.getInteger("stack", 256) * 1024L);
		thread.setDaemon(true);
		thread.start();
		thread.join(30_000);
		if (thread.isAlive()) {
			throw new AssertionError(what + " hangs in " + thread.getStackTrace()[0]);
		}
	}

	private void call(Kind kind) {
		int number = this.next++;
		Object object = this.objects.get(number % OBJECTS);
		switch (kind) {
			case COUNT -> WeakRefs.count(object);
			case REGISTER -> this.registered.add(WeakRef.of(object, (ref) -> {
			}, this.cleaner));
			case REGISTER_FINALIZER -> this.registered.add(Finalizer.register(object, () -> {
			}, this.cleaner));
			case CLEAR -> this.refs.get(number % PRESENT).clear();
			case DETACH -> {
				Finalizer<?> finalizer = this.finalizers.get(number % PRESENT);
				if (finalizer.detach() != null) {
					this.due[this.ends * PRESENT + number % PRESENT] = false;
				}
			}
			case CALL -> {
				// Its action may run out of stack itself.
				this.due[this.ends * PRESENT + number % PRESENT] = false;
				this.finalizers.get(number % PRESENT).call();
			}
		}
	}

	private enum Kind {

		COUNT, REGISTER, REGISTER_FINALIZER, CLEAR, DETACH, CALL

	}

}
