package com.example;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.WeakRef;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Recipe: a callback when an object has died.
 */
@Component
class ConnectionWatch {

	private final Map<Long, WeakRef<Connection>> watched = new ConcurrentHashMap<>();

	private final ApplicationEventPublisher events;

	private final WeakCleaner cleaner;

	ConnectionWatch(ApplicationEventPublisher events, WeakCleaner cleaner) {
		this.events = events;
		this.cleaner = cleaner;
	}

	void watch(Connection connection) {
		long id = connection.id();
		this.watched.put(id, WeakRef.of(connection, (ref) -> lost(id), this.cleaner));
	}

	private void lost(long id) {
		this.watched.remove(id);
		this.events.publishEvent(new ConnectionLost(id));
	}

}
