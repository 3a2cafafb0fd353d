// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BeaconGindices} from "./BeaconGindices.sol";

/// @notice Where values lie in the beacon state of a fork.
/// @param gindex Generalized index of the field from the state root.
/// @param depth Of the tree of elements (chunks, for balances); unused where lists are progressive.
/// @param limit Elements the list can have.
struct ListPlace {
    uint256 gindex;
    uint256 depth;
    uint256 limit;
    bool progressive;
}

/// @title Layouts of the beacon state
/// @notice Electra and Fulu have one layout: Fulu only appends a field in a free place. Gloas (EIP-7688) makes the state a
/// progressive container and its lists progressive, after which fields keep their places for good.
library Layout {
    function validators(bool gloas) internal pure returns (ListPlace memory) {
        return
            _list(
                gloas ? BeaconGindices.GLOAS_VALIDATORS : BeaconGindices.ELECTRA_VALIDATORS,
                BeaconGindices.ELECTRA_VALIDATORS_DEPTH,
                BeaconGindices.ELECTRA_VALIDATORS_LIMIT,
                gloas
            );
    }

    function balances(bool gloas) internal pure returns (ListPlace memory) {
        return
            _list(
                gloas ? BeaconGindices.GLOAS_BALANCES : BeaconGindices.ELECTRA_BALANCES,
                BeaconGindices.ELECTRA_BALANCES_DEPTH,
                BeaconGindices.ELECTRA_BALANCES_LIMIT,
                gloas
            );
    }

    function pendingDeposits(bool gloas) internal pure returns (ListPlace memory) {
        return
            _list(
                gloas ? BeaconGindices.GLOAS_PENDING_DEPOSITS : BeaconGindices.ELECTRA_PENDING_DEPOSITS,
                BeaconGindices.ELECTRA_PENDING_DEPOSITS_DEPTH,
                BeaconGindices.ELECTRA_PENDING_DEPOSITS_LIMIT,
                gloas
            );
    }

    function earliestExitEpoch(bool gloas) internal pure returns (uint256 gindex) {
        return gloas ? BeaconGindices.GLOAS_EARLIEST_EXIT_EPOCH : BeaconGindices.ELECTRA_EARLIEST_EXIT_EPOCH;
    }

    /// @dev Progressive lists have no limit of their own; Electra's serves for them too.
    function _list(
        uint256 gindex,
        uint256 depth,
        uint256 limit,
        bool progressive
    ) private pure returns (ListPlace memory) {
        return ListPlace({gindex: gindex, depth: depth, limit: limit, progressive: progressive});
    }
}
