package com.example;

import java.util.concurrent.atomic.LongAdder;

import io.weakref.collection.WeakKeyDictionary;
import io.weakref.context.WeakCache;

import org.springframework.stereotype.Component;

/**
 * Recipe: data attached to objects that others own.
 */
@Component
class Traffic {

	private final WeakKeyDictionary<Connection, LongAdder> bytes;

	Traffic(@WeakCache("traffic") WeakKeyDictionary<Connection, LongAdder> bytes) {
		this.bytes = bytes;
	}

	void sent(Connection connection, int count) {
		this.bytes.computeIfAbsent(connection, (key) -> new LongAdder()).add(count);
	}

	long sentOver(Connection connection) {
		return this.bytes.getOrDefault(connection, new LongAdder()).sum();
	}

}
