// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {ReportWorld} from "../report/world/ReportWorld.sol";
import {SimulatedBeaconChain} from "../report/world/SimulatedBeaconChain.sol";
import {Handler} from "../support/Handler.sol";

/// @dev The handler's own ledger: from the amounts it sent and the simulated chain it says what is in flight, what was
/// credited and what was given up, and compares that with the manager.
abstract contract ValidatorBook is Handler, ReportWorld {
    /// @param fate Which of the six lives.
    /// @param settledIn Report that took the balance: it settles nothing of the key any more.
    /// @param shownIn Report since whose start the top-up was shown in the queue.
    /// @param givenUpWei Parts of `sentWei`, as are the next three.
    struct Key {
        bytes pubkey;
        bytes32 id;
        uint256 setId;
        uint256 fate;
        IValidatorRecords.ValidatorState state;
        uint64 index;
        uint64 storedGwei;
        uint64 withdrawableEpoch;
        uint64 topUpReport;
        uint64 provenReport;
        uint64 settledIn;
        uint64 shownIn;
        uint256 sentWei;
        uint256 inFlightWei;
        uint256 creditedWei;
        uint256 givenUpWei;
        uint256 lostWei;
    }

    Key[] internal _keys;

    /// @dev Slot of the state that the open report proves.
    uint64 internal _cut;

    /// @dev What the rule says about this key's top-up in the report that was just proven, by the chain and this ledger.
    function _settle(Key storage key) internal {
        uint64 number = REPORT.number();
        bool isCounted = key.provenReport != 0 && key.provenReport <= number && key.settledIn != number;
        if (!isCounted || key.state == IValidatorRecords.ValidatorState.Withdrawn) return;
        if (key.inFlightWei == 0 || key.topUpReport >= number) {
            key.settledIn = number;
            return;
        }
        uint256 arrivedWei = uint256(key.storedGwei) * 1 gwei + key.inFlightWei - key.inFlightWei / 16;
        SimulatedBeaconChain.Account memory account = CHAIN.accountIn(_cut, key.index);
        if (uint256(account.balanceGwei) * 1 gwei >= arrivedWei) {
            if (_isLeaving(key)) reached["credited to a leaving key"]++;
            key.creditedWei += key.inFlightWei;
            key.inFlightWei = 0;
            reached["credited"]++;
        } else if (_isLeaving(key) && _isMissing(key, number)) {
            if (block.timestamp < REPORT.startedAt() + DAY / 8) return;
            key.givenUpWei += key.inFlightWei;
            key.inFlightWei = 0;
            reached["given up"]++;
        } else if (_isLeaving(key) && key.shownIn == number) {
            reached["kept because it was shown"]++;
        }
        key.settledIn = number;
    }

    function _isMissing(Key storage key, uint64 number) private view returns (bool) {
        bool known = key.withdrawableEpoch != 0 && key.withdrawableEpoch <= _cut / CHAIN.SLOTS_PER_EPOCH();
        return known && key.shownIn != number;
    }

    // Comparison after each step

    function _compare() internal {
        uint256 inFlightWei = 0;
        for (uint256 i = 0; i < _keys.length; i++) {
            _compareOne(_keys[i]);
            inFlightWei += _keys[i].inFlightWei;
        }
        check(MANAGER.inFlightWei() == inFlightWei, "I11: sum in flight");
        check(MANAGER.leavingTopUps() == _leavingInFlight(), "leaving top-ups");
        check(POOL.stops().topUpLeaving == (_leavingInFlight() > 0), "the pool knows");
    }

    function _compareOne(Key storage key) private {
        IValidatorRecords.Validator memory now_ = MANAGER.validator(key.id);
        if (now_.state != key.state) {
            check(_isForward(key.state, now_.state), "I13: a step that the life does not have");
            reached[_nameOf(now_.state)]++;
            key.state = now_.state;
        }
        check(now_.setId == key.setId, "I13: one set for ever");
        if (key.provenReport == 0) key.index = now_.validatorIndex;
        check(now_.validatorIndex == key.index, "I13: one index for ever");
        uint256 parts = key.inFlightWei + key.creditedWei + key.givenUpWei + key.lostWei;
        check(parts == key.sentWei, "I11: in flight + credited = sent");
        if (key.state == IValidatorRecords.ValidatorState.KeyVerified) return;
        if (key.state == IValidatorRecords.ValidatorState.Expired) return;
        check(now_.sentGwei.toWei() == key.sentWei - key.givenUpWei, "I11: sent, less what was given up");
        if (key.provenReport != 0) check(now_.topUpGwei.toWei() == key.inFlightWei, "I11: in flight until settled");
    }

    function _isForward(
        IValidatorRecords.ValidatorState from,
        IValidatorRecords.ValidatorState to
    ) private pure returns (bool) {
        uint256 next;
        if (from == IValidatorRecords.ValidatorState.None) next = 1 << 1;
        else if (from == IValidatorRecords.ValidatorState.KeyVerified) next = (1 << 2) | (1 << 7) | (1 << 9);
        else if (from == IValidatorRecords.ValidatorState.Predeposited) next = (1 << 3) | (1 << 5) | (1 << 7);
        else if (from == IValidatorRecords.ValidatorState.Proven) next = (1 << 4) | (1 << 5) | (1 << 6) | (1 << 8);
        else if (from == IValidatorRecords.ValidatorState.Active) next = (1 << 5) | (1 << 6) | (1 << 8);
        else if (from == IValidatorRecords.ValidatorState.Exiting) next = (1 << 6) | (1 << 8);
        else if (from == IValidatorRecords.ValidatorState.Slashed) next = 1 << 6;
        return (next >> uint256(to)) & 1 == 1;
    }

    function _nameOf(IValidatorRecords.ValidatorState state) private pure returns (string memory) {
        string[10] memory names = [
            "None",
            "KeyVerified",
            "Predeposited",
            "Proven",
            "Active",
            "Exiting",
            "Withdrawn",
            "Foreign",
            "Slashed",
            "Expired"
        ];
        return names[uint256(state)];
    }

    function _leavingInFlight() internal view returns (uint256 count) {
        for (uint256 i = 0; i < _keys.length; i++) {
            if (_isLeaving(_keys[i]) && _keys[i].inFlightWei > 0) count++;
        }
    }

    function _isLeaving(Key storage key) internal view returns (bool) {
        IValidatorRecords.ValidatorState state = key.state;
        return state == IValidatorRecords.ValidatorState.Exiting || state == IValidatorRecords.ValidatorState.Slashed;
    }

    function _creditPredeposit(Key storage key) internal {
        key.creditedWei += 1 ether;
        key.inFlightWei -= 1 ether;
        // A report that is open or was finished is not one that it counts in.
        key.provenReport = REPORT.number() + 1;
        key.index = uint64(_indexOf(key.id));
    }
}
