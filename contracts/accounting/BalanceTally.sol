// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBalanceReport} from "../interfaces/IBalanceReport.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {ISlashings} from "../interfaces/ISlashings.sol";
import {IValidatorExits} from "../interfaces/IValidatorExits.sol";
import {IValidatorAccounts} from "../interfaces/IValidatorAccounts.sol";
import {IValidatorRecords} from "../interfaces/IValidatorRecords.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {ChunkRun} from "../libraries/ChunkRun.sol";
import {Gwei, Slot} from "../libraries/Units.sol";

/// @title BalanceTally
/// @dev Which of the proven balances are the pool's, each once per report, in any order and batches. Validators proven
/// before are skipped and not refused, *because* anyone could prove one of them first and so block a whole batch.
abstract contract BalanceTally is IBalanceReport {
    /// @dev The report that `bits` belong to shares their slot, so that a report writes over the one before.
    struct ProvenBits {
        uint128 number;
        uint128 bits;
    }

    /// @param worthWei Balances, less deposits in flight at `start` that are part of a balance now, less expected penalties.
    /// @param expectedWei What exits and partial withdrawals will bring.
    struct Tally {
        uint64 number;
        Slot slot;
        uint256 count;
        int256 worthWei;
        uint256 expectedWei;
    }

    /// @dev 128 validators with neighbouring indices: whom to count, who needs settling, who is done.
    struct Group {
        uint256 id;
        uint256 pending;
        uint256 special;
        uint256 proven;
    }

    uint256 private constant GROUP_SIZE = 128;
    uint256 private constant CHUNK_SIZE = 4;
    uint256 private constant NO_GROUP = type(uint256).max;

    IValidatorAccounts public immutable MANAGER;
    IValidatorExits public immutable EXITS;
    ISlashings public immutable SLASHINGS;

    mapping(uint256 groupId => ProvenBits) private _proven;

    constructor(Wiring memory w) {
        MANAGER = IValidatorAccounts(w.manager);
        EXITS = IValidatorExits(w.exits);
        SLASHINGS = ISlashings(w.slashings);
    }

    /// @inheritdoc IBalanceReport
    function isProven(uint64 validatorIndex) external view returns (bool) {
        uint256 bits = _provenIn(number(), validatorIndex / GROUP_SIZE);
        return (bits >> (validatorIndex % GROUP_SIZE)) & 1 == 1;
    }

    /// @inheritdoc IBalanceReport
    function number() public view virtual returns (uint64);

    /// @param runs Strictly rising, and `balances` theirs, as the verifier says.
    function _count(Tally memory tally, ChunkRun[] calldata runs, Gwei[] memory balances) internal {
        Group memory group;
        group.id = NO_GROUP;
        uint256 position = 0;
        for (uint256 i = 0; i < runs.length; i++) {
            uint256 index = runs[i].firstChunk() * CHUNK_SIZE;
            // The list may end within the last chunk.
            uint256 end = index + Math.min(runs[i].chunkCount() * CHUNK_SIZE, balances.length - position);
            while (index < end) {
                uint256 groupId = index / GROUP_SIZE;
                if (groupId != group.id) _enter(group, tally.number, groupId);
                uint256 stop = Math.min(end, (groupId + 1) * GROUP_SIZE);
                _countNeighbours(tally, group, balances, position, index, stop);
                position += stop - index;
                index = stop;
            }
        }
        _leave(group, tally.number);
    }

    /// @dev Validators `index` to `stop` − 1 of one group, whose balances begin at `position`. Nearly all are only a
    /// balance: those cost an addition each.
    function _countNeighbours(
        Tally memory tally,
        Group memory group,
        Gwei[] memory balances,
        uint256 position,
        uint256 index,
        uint256 stop
    ) private {
        uint256 shift = index % GROUP_SIZE;
        uint256 pending = (group.pending >> shift) & ((1 << (stop - index)) - 1);
        uint256 special = pending & (group.special >> shift);
        uint256 taken = pending & ~special;
        (uint256 sumGwei, uint256 count) = _sumOf(balances, position, taken);
        for (uint256 left = special; left != 0; left &= left - 1) {
            uint256 place = Math.log2(left & (~left + 1));
            Gwei balance = balances[position + place];
            if (!_settle(tally, uint64(index + place), balance)) continue;
            taken |= 1 << place;
            sumGwei += Gwei.unwrap(balance);
            count++;
        }
        group.pending &= ~(taken << shift);
        group.proven |= taken << shift;
        tally.count += count;
        tally.worthWei += int256(sumGwei * 1 gwei);
    }

    /// @dev Sum and number of the balances from `position` on whose bit is set, the first by the lowest. The caller knows
    /// that all bits lie within the array. Eight at once, as nearly all neighbours of one of ours are ours.
    function _sumOf(
        Gwei[] memory balances,
        uint256 position,
        uint256 bits
    ) private pure returns (uint256 sumGwei, uint256 count) {
        assembly ("memory-safe") {
            let read := add(balances, shl(5, add(position, 1)))
            for {} bits {} {
                switch and(bits, 0xff)
                case 0xff {
                    let four := add(add(mload(read), mload(add(read, 0x20))), mload(add(read, 0x40)))
                    sumGwei := add(add(sumGwei, four), mload(add(read, 0x60)))
                    four := add(add(mload(add(read, 0x80)), mload(add(read, 0xa0))), mload(add(read, 0xc0)))
                    sumGwei := add(add(sumGwei, four), mload(add(read, 0xe0)))
                    count := add(count, 8)
                    bits := shr(8, bits)
                    read := add(read, 0x100)
                }
                default {
                    let bit := and(bits, 1)
                    sumGwei := add(sumGwei, mul(bit, mload(read)))
                    count := add(count, bit)
                    bits := shr(1, bits)
                    read := add(read, 0x20)
                }
            }
        }
        // Whatever the verifier wrote, the sum is one that balances of 64 bits can have.
        if (sumGwei > count * type(uint64).max) revert MalformedBalances();
    }

    /// @dev A validator that is not only a balance: just proven, topped up, on its way out or slashed.
    /// @return counts False for one whose credentials were not proven when the report started, as its deposit counts as
    /// in flight there; and for one that must wait.
    function _settle(Tally memory tally, uint64 index, Gwei balance) private returns (bool counts) {
        IValidatorAccounts.Settlement memory settlement = MANAGER.settle(index, balance, tally.number);
        if (!settlement.counts) return false;
        int256 reductionWei = int256(settlement.creditedWei);
        if (settlement.exiting) tally.expectedWei += EXITS.settle(settlement.validatorId, balance, tally.number);
        if (settlement.state == IValidatorRecords.ValidatorState.Slashed) {
            reductionWei += SLASHINGS.valueReductionWei(settlement.validatorId, balance, tally.slot, tally.number);
        }
        tally.worthWei -= reductionWei;
        return true;
    }

    /// @dev Reads what the verifier returns where it lies, *because* the compiler's loop over the numbers costs as much as
    /// counting them.
    function _balancesOf(
        IBeaconVerifier verifier,
        Slot slot,
        bytes32 stateRoot,
        IBeaconVerifier.BalancesProof calldata proof
    ) internal view returns (Gwei[] memory balances) {
        bytes memory call = abi.encodeCall(IBeaconVerifier.verifyBalances, (slot, stateRoot, proof));
        bytes memory output = Address.functionStaticCall(address(verifier), call);
        uint256 offset;
        assembly ("memory-safe") {
            offset := mload(add(output, 0x20))
            balances := add(output, 0x40)
        }
        uint256 words = output.length / 32;
        if (words < 2 || offset != 32 || balances.length != words - 2 || output.length % 32 != 0) {
            revert MalformedBalances();
        }
    }

    function _enter(Group memory group, uint64 reportNumber, uint256 groupId) private {
        _leave(group, reportNumber);
        (uint256 accounted, uint256 special) = MANAGER.groupOf(groupId);
        group.id = groupId;
        group.proven = _provenIn(reportNumber, groupId);
        group.pending = accounted & ~group.proven;
        group.special = special;
    }

    function _leave(Group memory group, uint64 reportNumber) private {
        if (group.id != NO_GROUP) _proven[group.id] = ProvenBits(reportNumber, uint128(group.proven));
    }

    function _provenIn(uint64 reportNumber, uint256 groupId) private view returns (uint256) {
        ProvenBits memory proven = _proven[groupId];
        return proven.number == reportNumber ? proven.bits : 0;
    }
}
