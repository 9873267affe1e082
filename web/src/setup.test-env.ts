// The unit tests run in Node: give them the phone's database.
import 'fake-indexeddb/auto';
