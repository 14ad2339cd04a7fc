"""Reads a TensorBoard event file with the standard library alone and prints what TensorBoard would draw, as JSON.

Written from the descriptions of the formats (TFRecord framing, protocol buffer wire format, event.proto, summary.proto) and
independent of the program that writes them. Exits with 1 and a message where a record is damaged.
"""

import json
import struct
import sys

START = 1


def make_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = make_table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


class Damage(Exception):
    pass


def records(data):
    """Data of every record; raises Damage where a checksum is wrong or the file is cut off."""
    offset, number = 0, 0
    while offset < len(data):
        where = f"record {number} at byte {offset}"
        if offset + 12 > len(data):
            raise Damage(f"{where}: the file ends within its length")
        length, length_crc = struct.unpack_from("<QI", data, offset)
        if masked_crc(data[offset : offset + 8]) != length_crc:
            raise Damage(f"{where}: the checksum of its length is wrong")
        if offset + 16 + length > len(data):
            raise Damage(f"{where}: the file ends within its data")
        record = data[offset + 12 : offset + 12 + length]
        (data_crc,) = struct.unpack_from("<I", data, offset + 12 + length)
        if masked_crc(record) != data_crc:
            raise Damage(f"{where}: the checksum of its data is wrong")
        yield record
        offset += 16 + length
        number += 1


def varint(data, offset):
    value, shift = 0, 0
    while True:
        byte = data[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, offset
        shift += 7


def fields(data):
    """(number, value) of every field: integers as int, fixed sizes and lengths as bytes."""
    offset = 0
    while offset < len(data):
        key, offset = varint(data, offset)
        kind = key & 7
        if kind == 0:
            value, offset = varint(data, offset)
        elif kind in (1, 2, 5):
            length = {1: 8, 5: 4}.get(kind)
            if length is None:
                length, offset = varint(data, offset)
            value, offset = data[offset : offset + length], offset + length
            if len(value) != length:
                raise Damage(f"field {key >> 3} is cut off")
        else:
            raise Damage(f"field {key >> 3} has wire type {kind}")
        yield key >> 3, value


def event_of(record):
    """wall_time, step, file_version, summary and session status of an Event."""
    event = {"time": 0.0, "step": 0, "version": None, "values": [], "status": None}
    for number, value in fields(record):
        if number == 1:
            (event["time"],) = struct.unpack("<d", value)
        elif number == 2:
            event["step"] = value
        elif number == 3:
            event["version"] = value.decode()
        elif number == 5:
            event["values"] = [scalar_of(entry) for field, entry in fields(value) if field == 1]
        elif number == 7:
            event["status"] = dict(fields(value)).get(1, 0)
    return event


def scalar_of(entry):
    parts = dict(fields(entry))
    (value,) = struct.unpack("<f", parts[2])
    return parts[1].decode(), value


def read(data):
    """What a reader keeps: {"version", "starts", "purged", "scalars": {tag: [[step, time, value]]}}."""
    version, starts, purged, scalars = None, [], 0, {}
    for number, record in enumerate(records(data)):
        event = event_of(record)
        if number == 0:
            version = event["version"]
            if version is None:
                raise Damage("the first event has no file_version")
        if event["status"] == START:
            starts.append([event["step"], event["time"]])
            # From brain.Event:2 on, a session that starts makes void whatever is of its step or a later one.
            for tag, points in scalars.items():
                kept = [point for point in points if point[0] < event["step"]]
                purged += len(points) - len(kept)
                scalars[tag] = kept
        for tag, value in event["values"]:
            scalars.setdefault(tag, []).append([event["step"], event["time"], value])
    return {"version": version, "starts": starts, "purged": purged, "scalars": scalars}


if __name__ == "__main__":
    try:
        with open(sys.argv[1], "rb") as file:
            print(json.dumps(read(file.read())))
    except Damage as damage:
        sys.exit(f"{sys.argv[1]}: {damage}")
